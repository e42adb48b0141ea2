"""The JSON Schemas accept every document and file of the program, and nothing else.

Python's jsonschema checks every document of the fixtures, every line of every ledger without faults, and every valid
policy. It must notice a key too many, a key too few and a value of another type; the script tries each, at every depth.
"""

import copy
import datetime
import decimal
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import jsonschema
from referencing import Registry

PROGRAM, ROOT = sys.argv[1], Path(sys.argv[2])
FIXTURES = ROOT / "fixtures"


def parsed(text):
    # Units are exact numbers, and a float would not keep them.
    return json.loads(text, parse_float=decimal.Decimal)


def load():
    validators, kinds = {}, {}
    for path in sorted((FIXTURES / "schemas").glob("*.json")):
        schema = json.loads(path.read_text())
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema", path
        assert schema["$id"] == f"urn:exquota:schema:{path.stem}:1" and schema["description"], path
        jsonschema.Draft202012Validator.check_schema(schema)
        strict(schema, path.stem)
        # With an empty registry, a schema that points outside itself is an error.
        validators[path.stem] = jsonschema.Draft202012Validator(
            schema, registry=Registry(), format_checker=jsonschema.FormatChecker(["date"])
        )
        kind = schema["properties"].get("schema", {}).get("const")
        if kind:
            assert kind not in kinds
            kinds[kind] = path.stem
    return validators, kinds


# Keys that a document has only if the command asks for them.
ASKED_FOR = {place: {"specs"} for place in ("headroom", "headrooms/properties/headrooms/items", "show/properties/totals")}
MAY_LACK = set().union(*ASKED_FOR.values())


def strict(schema, where):
    """Checks that no object takes other keys than the named ones, and that a document requires all its keys."""
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict) and "type" in schema:
            assert schema.get("additionalProperties") is False, where
            if not where.startswith(("entry", "policy/", "policy", "tests")) and "$defs" not in where:
                always = set(schema["properties"]) - ASKED_FOR.get(where, set())
                assert set(schema["required"]) == always, where
        for key, value in schema.items():
            strict(value, f"{where}/{key}")
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            strict(value, f"{where}/{index}")


def places(value, path=()):
    """The path of every object in a value."""
    if isinstance(value, dict):
        yield path
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


def at(value, path):
    for step in path:
        value = value[step]
    return value


# Objects whose keys are names. Any key is a name there, so no key is one too many.
MAPS = {"items", "largest_within", "serials", "amendment", "attestations", "country_groups", "flags", "specs",
        "ceilings", "chips", "without"}


def spoil(validator, document, optional):
    """Tries a key too many, a key too few and another type, each at every place. Returns the number of tries."""
    tried = 0
    for path in places(document):
        held = at(document, path)
        is_map = bool(path) and path[-1] in MAPS and isinstance(path[-1], str)
        if not is_map:
            spoilt = copy.deepcopy(document)
            at(spoilt, path)["surplus"] = None
            assert not validator.is_valid(spoilt), f"it accepts a key too many at {path}"
            tried += 1
        for key in held:
            # An entry may leave out some keys.
            if not optional and not is_map and path[:1] != ("entries",) and "line" not in path and key not in MAY_LACK:
                spoilt = copy.deepcopy(document)
                del at(spoilt, path)[key]
                assert not validator.is_valid(spoilt), f"it accepts a missing key at {path}: {key}"
            spoilt = copy.deepcopy(document)
            at(spoilt, path)[key] = {"of": {"another": "type"}}
            assert not validator.is_valid(spoilt), f"it accepts another type at {path}: {key}"
            tried += 1
    return tried


def check(validator, document, where):
    errors = sorted(validator.iter_errors(document), key=str)
    assert not errors, f"{where}: {errors[0].json_path}: {errors[0].message[:300]}"


def documents(validators, kinds):
    seen, spoilt = {}, 0
    for path in sorted(FIXTURES.rglob("*.json")):
        document = parsed(path.read_text())
        if path.parent == FIXTURES / "schemas" or "$schema" in document:
            continue
        name = kinds[document["schema"]]
        check(validators[name], document, path)
        seen[name] = seen.get(name, 0) + 1
        if seen[name] <= 5:
            spoilt += spoil(validators[name], document, optional=False)
    # A key is another each time, so no fixture holds its document.
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run([PROGRAM, "keygen", "new.key", "--format", "json"], cwd=folder,
                             capture_output=True, check=True)
        check(validators["key"], parsed(ran.stdout), "keygen")
        seen["key"] = 1
    missing = set(kinds.values()) - set(seen)
    assert not missing, f"no fixture shows {missing}"
    return sum(seen.values()), spoilt


def ledgers(validator):
    lines = spoilt = 0
    kinds = set()
    for path in sorted(FIXTURES.rglob("*.jsonl")):
        ran = subprocess.run([PROGRAM, "validate", path.name, "--format", "json"], cwd=path.parent,
                             capture_output=True, check=False)
        if ran.returncode > 1:
            continue
        for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):
            document = parsed(line)
            check(validator, document, f"{path}:{number}")
            (kind,) = document["event"]
            lines += 1
            if kind not in kinds:
                kinds.add(kind)
                spoilt += spoil(validator, document, optional=True)
                for key in ("v", "seq", "prev", "recorded_at", "recorded_by", "date", "event"):
                    assert not validator.is_valid({held: value for held, value in document.items() if held != key})
                for key, wrong in (("v", 2), ("seq", -1), ("seq", 2**63), ("seq", 1.5), ("prev", "A" * 64),
                                   ("date", "2026-2-8"), ("recorded_by", ""), ("recorded_by", "x" * 513),
                                   ("recorded_by", "a\x1bb"), ("recorded_by", "a\u202eb"), ("recorded_by", "a\n"),
                                   ("recorded_at", "2026-03-05T08:12:44+01:00"), ("despite", ""), ("event", {})):
                    assert not validator.is_valid({**document, key: wrong}), (key, wrong)
    assert len(kinds) == 14, f"the ledgers must have every kind of event: {sorted(kinds)}"
    return lines, spoilt


def faults(validator):
    """Checks that the schema refuses the faults in a single line that a JSON Schema can see."""
    told = {"field-unknown", "field-missing", "version-unknown"}
    met = set()
    for path in sorted(FIXTURES.rglob("*.jsonl")):
        ran = subprocess.run([PROGRAM, "validate", path.name, "--format", "json"], cwd=path.parent,
                             capture_output=True, check=False)
        document = json.loads(ran.stdout)
        for fault in document["ledgers"][0]["faults"]:
            if fault["code"] in told:
                line = path.read_bytes().split(b"\n")[fault["line"] - 1]
                assert not validator.is_valid(parsed(line)), f"{path}:{fault}"
                met.add(fault["code"])
    assert met == told, met


def toml_files(of_tests):
    found = [*FIXTURES.rglob("*.toml"), *(ROOT / "policies").glob("*.toml")]
    return sorted(path for path in found if path.name.endswith(".tests.toml") == of_tests)


def tests(validator):
    valid = 0
    for path in toml_files(of_tests=True):
        ran = subprocess.run([PROGRAM, "policy", "check", path.name], cwd=path.parent, capture_output=True, check=False)
        if ran.returncode == 0:
            document = tomllib.loads(path.read_text())
            check(validator, document, path)
            for key in document:
                assert not validator.is_valid({held: value for held, value in document.items() if held != key})
            assert not validator.is_valid(document | {"surplus": 1})
            valid += 1
    assert valid > 2, valid
    return valid


def as_json(value):
    """A TOML value as JSON has it: a day is a text."""
    if isinstance(value, dict):
        return {key: as_json(held) for key, held in value.items()}
    if isinstance(value, list):
        return [as_json(held) for held in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def policies(validator):
    valid = spoilt = refused = 0
    for path in toml_files(of_tests=False):
        ran = subprocess.run([PROGRAM, "policy", "check", path.name, "--format", "json"], cwd=path.parent,
                             capture_output=True, check=False)
        try:
            document = as_json(tomllib.loads(path.read_bytes().decode(), parse_float=decimal.Decimal))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError):
            assert ran.returncode == 3, path
            continue
        if ran.returncode == 0:
            check(validator, document, path)
            spoilt += spoil(validator, document, optional=True)
            valid += 1
            for key in ("name", "version", "status"):
                assert not validator.is_valid({held: value for held, value in document.items() if held != key})
        else:
            refused += not validator.is_valid(document)
    assert valid > 10 and refused > 8, (valid, refused)
    return valid, spoilt, refused


def main():
    validators, kinds = load()
    print("documents, and spoilt ones refused:", documents(validators, kinds))
    print("lines, and spoilt ones refused:", ledgers(validators["entry"]))
    faults(validators["entry"])
    print("tests of policies:", tests(validators["tests"]))
    print("policies, spoilt ones refused, and wrong ones refused:", policies(validators["policy"]))


main()
