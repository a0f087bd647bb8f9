"""Published ways out of JavaScript sandboxes, tried on ours; `advisories.js` names each.

Each attack hands all that it gets hold of to `steal`, which goes up the constructors and asks each
for what a host has.
"""

import pytest

from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptRunner
from tests.script_fixtures import http, local_runner, runner
from tests.scripts import method, run_source
from tests.security.attacks import load_attacks

__all__ = ["http", "local_runner", "runner"]
pytestmark = pytest.mark.integration
ATTACKS = load_attacks("advisories.js")

STEAL = """
const got = [];
const names = ['process', 'call_python', 'dukpy', 'std', 'os', 'module', 'Deno', 'bjson'];
const steal = thing => {
    for (let at = thing, steps = 0; at && steps < 8; steps += 1, at = at.constructor) {
        if (typeof at !== 'function') continue;
        for (const name of names) {
            let found;
            try { found = at('return typeof ' + name)() } catch (e) { continue }
            if (typeof found === 'string' && found !== 'undefined') got.push(name + ' ' + found);
        }
    }
};
const oddError = () => { const e = new Error('x'); e.name = Symbol('n'); return e.stack };
"""


def attack(body: str) -> str:
    return method(
        f"{STEAL} return (async () => {{ try {{ {body}\n }} catch (e) {{ steal(e) }}"
        " await new Promise(done => queueMicrotask(done)); return got })()"
    )


@pytest.mark.parametrize("body", ATTACKS.values(), ids=ATTACKS)
def test_a_published_attack_gets_hold_of_nothing(runner: ScriptRunner, body: str) -> None:
    run = run_source(runner, attack(body), {"request": {"content": {"a": 1}}})

    if run.fault is None:
        assert run.value == []
    else:
        assert run.fault.kind in {FaultKind.EXCEPTION, FaultKind.TIMEOUT}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("globalThis.process = { env: {} }; steal(() => {})", "process object"),
        ("globalThis.dukpy = () => 1; steal({ constructor: Function })", "dukpy function"),
        ("got.push('at once')", "at once"),
    ],
)
def test_the_attacks_would_notice_what_they_look_for(
    runner: ScriptRunner, body: str, found: str
) -> None:
    run = run_source(runner, attack(body), {})

    assert run.fault is None
    assert set(run.value) == {found}


def test_there_are_as_many_as_were_asked_for() -> None:
    assert len(ATTACKS) >= 40
