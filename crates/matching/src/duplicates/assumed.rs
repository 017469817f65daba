//! What is assumed of each kind of pair before a file teaches anything: rates of slips from the literature on registers, rounded.

use super::field::{FIELDS, LEVELS};
use super::model::CLASSES;

pub(super) type Table = [[f64; LEVELS]; FIELDS];

/// How often two people of one name have the same e-mail address where it is made of the name, with digits and without.
pub(super) const NAMESAKES: [f64; 2] = [0.003, 0.15];

fn table(rows: [&[f64]; FIELDS]) -> Table {
    let mut table = [[1.0; LEVELS]; FIELDS];
    for (row, from) in table.iter_mut().zip(rows) {
        for (cell, value) in row.iter_mut().skip(1).zip(from) {
            *cell = *value;
        }
    }
    table
}

/// What is assumed before anything is learnt: rates of slips from the literature on registers, rounded.
pub(super) fn assumed() -> [Table; CLASSES] {
    let same: [&[f64]; 8] = [
        &[0.72, 0.08, 0.09, 0.02, 0.01, 0.02, 0.02],
        &[0.80, 0.02, 0.09, 0.02, 0.07],
        &[0.98, 0.02],
        &[0.85, 0.03, 0.07, 0.02, 0.005, 0.004, 0.0005],
        &[0.985, 0.015],
        &[0.95, 0.045, 0.001, 0.005],
        &[0.65, 0.1, 0.25, 0.65, 0.65],
        &[0.65, 0.05, 0.3],
    ];
    let unrelated: [&[f64]; 12] = [
        &[0.005, 0.01, 0.006, 0.008, 0.002, 0.002, 0.96],
        &[0.002, 0.0005, 0.002, 0.003, 0.99],
        &[1.0, 0.5],
        &[0.00006, 0.00005, 0.0007, 0.004, 0.08, 0.3, 0.615],
        &[0.5, 0.5],
        &[0.000_001, 0.000_005, 0.999, 0.999],
        &[0.000_01, 0.0005, 0.999, NAMESAKES[0], NAMESAKES[1]],
        &[0.000_01, 0.0001, 0.999],
        &[0.0005, 0.003, 0.003, 0.03, 0.96],
        &[0.0002, 0.0008, 0.008, 0.03, 0.96],
        &[0.02, 0.02, 0.96],
        &[0.15, 0.02, 0.83],
    ];
    let household: [&[f64]; 12] = [
        &[0.03, 0.01, 0.01, 0.015, 0.005, 0.01, 0.92],
        &[0.75, 0.04, 0.02, 0.01, 0.18],
        &[1.0, 0.5],
        &[0.04, 0.001, 0.002, 0.01, 0.15, 0.35, 0.45],
        &[0.5, 0.5],
        &[0.0005, 0.002, 0.9975, 0.9975],
        &[0.05, 0.05, 0.9, 0.05, NAMESAKES[1]],
        &[0.35, 0.02, 0.63],
        &[0.93, 0.04, 0.01, 0.005, 0.015],
        &[0.88, 0.06, 0.01, 0.01, 0.04],
        &[0.9, 0.05, 0.05],
        &[0.9, 0.05, 0.05],
    ];
    let [p0, p1, p2, p3, p4, p5, p6, p7] = same;
    let [h0, h1, h2, h3, h4, h5, h6, h7, place0, place1, place2, place3] = household;
    let [.., away0, away1, away2, away3] = unrelated;
    [
        table([p0, p1, p2, p3, p4, p5, p6, p7, place0, place1, place2, place3]),
        table([p0, p1, p2, p3, p4, p5, p6, p7, away0, away1, away2, away3]),
        table(household),
        table([h0, h1, h2, h3, h4, h5, h6, h7, away0, away1, away2, away3]),
        table(unrelated),
    ]
}
