"""The iOS app's files that no compiler reads: Xcode project, texts, privacy; and the result that its bench writes."""

from __future__ import annotations

import json
import plistlib
import re
from pathlib import Path
from typing import Any

import pytest
from bench_fakes import check
from openstep import parse

from edgekit.bench.stats import Sample, noise, summary

IOS = Path(__file__).parent.parent / "ios_demo"
APP = IOS / "App"
SOURCES = sorted(IOS.glob("Sources/**/*.swift")) + sorted(APP.glob("**/*.swift"))
SHOWN = re.compile(
    r"(?:\b(?:Text|Label|Button|Section|Picker|DisclosureGroup|ProgressView|ContentUnavailableView|navigationTitle|"
    r"accessibilityLabel|accessibilityValue|accessibilityHint|seconds)\(\s*|^\s*(?:case [^\n]*|default): )\"",
    re.MULTILINE,
)
"""What comes before a text that is looked up in the catalogue."""
NOT_SHOWN = re.compile(r'"[a-z-]+": *$|verbatim')
PLACEHOLDER = re.compile(r"%(?:\d+\$)?(?:@|lld)")


# the Xcode project


@pytest.fixture(scope="module")
def project() -> Any:
    return parse((APP / "Receipts.xcodeproj" / "project.pbxproj").read_text("utf-8"))


def test_every_object_that_the_project_names_is_there(project: Any) -> None:
    objects = project["objects"]
    named = re.compile(r"EDBE[0-9A-F]{20}")
    text = json.dumps(project)
    assert set(named.findall(text)) == set(objects)
    assert objects[project["rootObject"]]["isa"] == "PBXProject"
    (target,) = objects[project["rootObject"]]["targets"]
    phases = [objects[phase]["isa"] for phase in objects[target]["buildPhases"]]
    assert phases == [
        "PBXShellScriptBuildPhase",
        "PBXSourcesBuildPhase",
        "PBXFrameworksBuildPhase",
        "PBXResourcesBuildPhase",
    ]


def test_every_file_of_the_project_is_there_but_the_models(project: Any) -> None:
    files = [one for one in project["objects"].values() if one.get("sourceTree") == "<group>" and "path" in one]
    missing = [one["path"] for one in files if not (APP / one["path"]).exists()]
    assert missing in ([], ["Models/edgekit"])
    (models,) = [one for one in files if one["path"] == "Models/edgekit"]
    assert models["lastKnownFileType"] == "folder"  # a group's models would be compiled and renamed
    (package,) = [one for one in project["objects"].values() if one["isa"] == "XCLocalSwiftPackageReference"]
    manifest = (APP / package["relativePath"] / "Package.swift").read_text("utf-8")
    (product,) = [one for one in project["objects"].values() if one["isa"] == "XCSwiftPackageProductDependency"]
    assert f'.library(name: "{product["productName"]}"' in manifest


def test_the_app_asks_for_the_camera_and_collects_nothing() -> None:
    info = plistlib.loads((APP / "Info.plist").read_bytes())
    assert "goes nowhere else" in info["NSCameraUsageDescription"]
    assert not [key for key in info if key.endswith("UsageDescription") and key != "NSCameraUsageDescription"]
    privacy = plistlib.loads((APP / "Receipts" / "PrivacyInfo.xcprivacy").read_bytes())
    assert privacy["NSPrivacyTracking"] is False
    assert privacy["NSPrivacyCollectedDataTypes"] == privacy["NSPrivacyTrackingDomains"] == []


def test_nothing_in_the_app_reaches_for_a_network(project: Any) -> None:
    assert not list(IOS.glob("**/*.entitlements"))
    settings = [one["buildSettings"] for one in project["objects"].values() if "buildSettings" in one]
    assert not [key for one in settings for key in one if "ENTITLEMENTS" in key]
    reaching = re.compile(r"\b(?:URLSession|URLRequest|NWConnection|CFNetwork|CFSocket|WKWebView)\b|import Network\b")
    assert [path.name for path in SOURCES if reaching.search(path.read_text("utf-8"))] == []


# texts


def catalogue(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((APP / "Receipts" / name).read_text("utf-8"))
    assert (found["sourceLanguage"], found["version"]) == ("en", "1.0")
    strings: dict[str, Any] = found["strings"]
    return strings


def literal(text: str, start: int) -> str:
    """A Swift string that starts there, as a key: each value in it as a space for one."""
    out, at = "", start
    while text[at] != '"':
        if text[at : at + 2] == "\\(":
            depth, at = 1, at + 2
            while depth:
                depth += {"(": 1, ")": -1}.get(text[at], 0)
                at += 1
            out += "%"
        else:
            out += text[at]
            at += 1
    return out


def shown() -> set[str]:
    """Texts that the app shows, values in them as "%"."""
    found = set()
    for path in SOURCES:
        if path.parent.name == "ReceiptApp":
            text = path.read_text("utf-8")
            found |= {literal(text, match.end()) for match in SHOWN.finditer(text)}
    return found


def units(node: Any) -> list[str]:
    """All values in a language's entry: one, or one for each number."""
    if "stringUnit" in node:
        assert node["stringUnit"]["state"] == "translated"
        return [node["stringUnit"]["value"]]
    return [value for one in node["variations"]["plural"].values() for value in units(one)]


def test_every_text_is_in_the_catalogue_and_nothing_else_is() -> None:
    keys = {PLACEHOLDER.sub("%", key) for key in catalogue("Localizable.xcstrings")}
    assert len(keys) > 60
    assert shown() == keys


@pytest.mark.parametrize("name", ["Localizable.xcstrings", "InfoPlist.xcstrings"])
def test_every_text_is_translated_with_the_same_values_in_it(name: str) -> None:
    for key, entry in catalogue(name).items():
        assert "de" in entry["localizations"], key
        for node in entry["localizations"].values():
            for value in units(node):
                if name == "Localizable.xcstrings" and "%" in key and value not in SINGLE:
                    kinds = sorted(re.sub(r"\d+\$", "", one) for one in PLACEHOLDER.findall(value))
                    assert kinds == sorted(PLACEHOLDER.findall(key)), key


SINGLE = {"The one line", "Die eine Zeile"}
"""Forms for one, which need no number."""


# the bench's result


def test_what_the_bench_writes_follows_the_schema() -> None:
    check(json.loads((IOS / "Tests" / "AppTests" / "bench.json").read_text("utf-8")))


def test_its_figures_are_those_of_edgekit_bench() -> None:
    result = json.loads((IOS / "Tests" / "AppTests" / "bench.json").read_text("utf-8"))
    (variant,) = result["variants"]
    samples = variant["samples"]
    times = samples["ms"]
    assert variant["reads"] == len(times["all"]) > 20
    for stage, values in times.items():
        assert variant["latency_ms"][stage] == summary(values)
    assert variant["cpu_ms"] == summary(samples["cpu_ms"])
    reads = [
        Sample(part, picture, {"all": whole}, 0.0)
        for part, picture, whole in zip(samples["pass"], samples["picture"], times["all"], strict=True)
    ]
    assert variant["noise"] == noise(reads, result["rules"]["noise_limit"])
    assert [run["count"] for run in variant["runs"]] == [len(reads)] * 3
