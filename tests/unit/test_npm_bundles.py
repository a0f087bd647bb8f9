"""What is made of JavaScript at build time is made once."""

from pathlib import Path

from rc_integrations_plugin.npm_bundles import NPM_FILES, Bundling


def bundling(folder: Path) -> Bundling:
    """Return one of a folder whose files are in place."""
    (folder / "src").mkdir()
    built = folder / "built"
    built.mkdir()
    made = (built / "bundle.js",)
    for path in (*(folder / name for name in NPM_FILES), folder / "src" / "a.js", *made):
        path.write_text("x")

    def collect(_workplace: Path) -> None:
        raise AssertionError("nothing is to be built")

    one = Bundling(what="It", home=folder, builder=Path(__file__), made=made, collect=collect)
    one.licences.write_text("free")
    (built / "stamp").write_text(one.fingerprint())
    return one


def test_what_was_made_from_the_same_sources_is_left_alone(tmp_path: Path) -> None:
    one = bundling(tmp_path)

    assert one.build_if_changed() == (*one.made, one.licences)


def test_another_source_or_package_makes_another_bundle(tmp_path: Path) -> None:
    one = bundling(tmp_path)
    seen = {one.fingerprint()}

    for path in (tmp_path / "src" / "a.js", tmp_path / "package-lock.json"):
        path.write_text("y")
        seen.add(one.fingerprint())

    assert len(seen) == 3
