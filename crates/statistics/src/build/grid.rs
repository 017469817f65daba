//! The cells of a table, margins included, as numbers.

/// The cells of a table in order, the last variable first to change; each variable has one more place, for all.
pub(super) struct Grid {
    sizes: Vec<usize>,
    steps: Vec<usize>,
    cells: usize,
}

impl Grid {
    /// From the number of categories of each variable.
    pub(super) fn of(sizes: Vec<usize>) -> Grid {
        let mut steps = vec![1; sizes.len()];
        let mut cells = 1;
        for (step, size) in steps.iter_mut().zip(&sizes).rev() {
            *step = cells;
            cells *= size + 1;
        }
        Grid { sizes, steps, cells }
    }

    /// How many cells there are, those of the margins included.
    pub(super) fn cells(&self) -> usize {
        self.cells
    }

    /// What the category at a place of a variable adds to the number of a cell.
    pub(super) fn step(&self, var: usize, place: usize) -> usize {
        self.steps.get(var).map_or(0, |step| place * step)
    }

    /// What all categories of a variable together add to it.
    pub(super) fn all(&self, var: usize) -> usize {
        self.step(var, self.sizes.get(var).copied().unwrap_or(0))
    }

    /// The cells in which a variable has a category, each with that in which it stands for all. Whoever adds the cells up
    /// variable by variable has every margin.
    pub(super) fn margins_of(&self, var: usize) -> impl Iterator<Item = (usize, usize)> {
        let cells = (0..self.cells).map(move |cell| (cell, self.with_all(cell, Some(var))));
        cells.filter(|(cell, all)| cell != all)
    }

    /// For each variable, the place of its category in a cell; none for all.
    pub(super) fn keys(&self, cell: usize) -> Vec<Option<usize>> {
        let place = |(size, step): (&usize, &usize)| {
            let place = cell / step % (size + 1);
            (place < *size).then_some(place)
        };
        self.sizes.iter().zip(&self.steps).map(place).collect()
    }

    /// The cell with `var` standing for all.
    pub(super) fn with_all(&self, cell: usize, var: Option<usize>) -> usize {
        let (Some(size), Some(step)) =
            (var.and_then(|v| self.sizes.get(v)), var.and_then(|v| self.steps.get(v)))
        else {
            return cell;
        };
        let place = cell / step % (size + 1);
        cell - place * step + size * step
    }
}
