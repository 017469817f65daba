"""Makes the workbooks of the tests of the import with writers that are not ours: openpyxl and XlsxWriter.

    pip install openpyxl xlsxwriter msoffcrypto-tool && python make.py

Everybody in them is made up; the telephone numbers are Ofcom's for drama.
"""

import datetime
import io
import os
import zipfile

import msoffcrypto.format.ooxml
import openpyxl
import xlsxwriter
from openpyxl.workbook.properties import CalcProperties

HERE = os.path.dirname(os.path.abspath(__file__))
HEADINGS = ["Client Forename", "Client Surname", "Client DOB", "Tel Mobile", "Last Contact Date", "Notes"]
D = datetime.date


def at(name):
    return os.path.join(HERE, name)


def people(name, epoch1904):
    """Two people: days as days, telephone numbers as the numbers that a sheet makes of them, a value worked out by a formula."""
    book = xlsxwriter.Workbook(at(name), {"date_1904": epoch1904})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("Clients")
    sheet.write_row("A1", HEADINGS)
    for row, (first, last, born, mobile, contact) in enumerate(
        [
            ("Maria", "Lopes", D(1987, 4, 3), 7700900124, D(2026, 10, 5)),
            ("Zoë", "Lefèvre", D(1990, 12, 31), 447700900125, D(2026, 10, 20)),
        ],
        start=1,
    ):
        sheet.write_row(row, 0, [first, last])
        sheet.write_datetime(row, 2, born, day)
        sheet.write_number(row, 3, mobile)
        sheet.write_datetime(row, 4, contact, day)
    # The count of days of this book, as Excel keeps it for a formula.
    first = D(1904, 1, 1) if epoch1904 else D(1899, 12, 30)
    sheet.write_formula("E3", "=C3+13077", day, (D(2026, 10, 20) - first).days)
    sheet.set_column("F:F", None, None, {"hidden": True})
    book.close()


def faults():
    """A sheet that begins in the third row and has a fault of each kind, each in a row of its own."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Clients"
    rows = [
        HEADINGS[:5],
        ["Ann", "Merged", D(1980, 1, 1), "07700 900101", D(2026, 10, 5)],
        ["Bob", None, D(1981, 1, 1), "07700 900102", D(2026, 10, 5)],
        ["Cid", "Hidden", D(1982, 1, 1), "07700 900103", D(2026, 10, 5)],
        ["Dee", "Formula", "=A1+1", "07700 900104", D(2026, 10, 5)],
        ["Eve", "Fault", D(1984, 1, 1), "#N/A", D(2026, 10, 5)],
        ["Fay", "Time", datetime.time(9, 30), "07700 900106", D(2026, 10, 5)],
        ["Gus", "Number", 31234, "07700 900107", D(2026, 10, 5)],
        ["Hal", "Long", D(1986, 1, 1), 1e20, D(2026, 10, 5)],
        ["Ida", "Wide", D(1987, 1, 1), "07700 900109", D(2026, 10, 5), None, "beyond"],
        ["Joe", "Sound", D(1988, 1, 1), "07700 900110", datetime.datetime(2026, 10, 5, 14, 30)],
    ]
    for at_row, cells in enumerate(rows, start=3):
        for at_column, cell in enumerate(cells, start=1):
            sheet.cell(at_row, at_column, cell)
    sheet.merge_cells("B4:B5")
    sheet.row_dimensions[6].hidden = True
    book.save(at("faults.xlsx"))


def sheets():
    """Three sheets with something in them, one that is empty and one that is hidden."""
    book = openpyxl.Workbook()
    cover = book.active
    cover.title = "Cover"
    cover["A1"] = "Clients of 2026"
    for name, first in [("Clients", "Maria"), ("Left us", "Ann")]:
        sheet = book.create_sheet(name)
        sheet.append(HEADINGS[:5])
        sheet.append([first, "Lopes", D(1987, 4, 3), "07700 900124", D(2026, 10, 5)])
    book.create_sheet("Empty")
    hidden = book.create_sheet("Hidden")
    hidden.append(HEADINGS)
    hidden.sheet_state = "hidden"
    book.save(at("sheets.xlsx"))


def headings():
    """Two rows of headings, the upper one merged over groups."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Person", None, None, "How to reach", None])
    sheet.append(HEADINGS[:5])
    sheet.append(["Maria", "Lopes", D(1987, 4, 3), "07700 900124", D(2026, 10, 5)])
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("D1:E1")
    book.save(at("merged-headings.xlsx"))
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADINGS[:5])
    sheet.append(["Forename", "Surname", "Date of birth", "Mobile", "Last contact"])
    sheet.append(["Maria", "Lopes", D(1987, 4, 3), "07700 900124", D(2026, 10, 5)])
    book.save(at("two-headings.xlsx"))


def protected():
    """The same as people.xlsx with a password."""
    with open(at("people.xlsx"), "rb") as plain, open(at("protected.xlsx"), "wb") as out:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("copper kettle", out)


def bombs():
    """Little that becomes much: words that fill the memory, and a cell without end."""
    for name, part, text in [
        ("bomb-words.xlsx", "xl/sharedStrings.xml", b"<sst><si><t>" + b"a" * 270_000_000 + b"</t></si></sst>"),
        ("bomb-cell.xlsx", "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row><c><v>" + b"1" * 3_000_000),
    ]:
        with zipfile.ZipFile(at("people.xlsx")) as plain, zipfile.ZipFile(
            at(name), "w", zipfile.ZIP_DEFLATED, compresslevel=9
        ) as out:
            for item in plain.infolist():
                out.writestr(item.filename, text if item.filename == part else plain.read(item))


people("people.xlsx", False)
people("people-1904.xlsx", True)
faults()
sheets()
headings()
protected()
bombs()
