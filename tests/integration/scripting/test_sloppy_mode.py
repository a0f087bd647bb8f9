"""Old habits that worked in Rocket.Chat, whose Babel made sloppy functions of classes."""

from typing import Any

import pytest

from rc_integrations_plugin.scripting.protocol import ScriptRunner
from tests.scripts import make_script, method, run_source, value_of

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("msg = 'a'; msg += 'b'; return msg", "ab"),
        ("for (i = 0; i < 3; i++); return i", 3),
        ("for (key in { a: 1 }); for (item of [7]); return [key, item]", ["a", 7]),
        ("[a, { b }] = [1, { b: 2 }]; return a + b", 3),
        ("return [1].map(function () { return typeof this })", ["object"]),
        ("function f() { this.leaked = 5 } f(); return leaked", 5),
        ("'text'.property = 1; return 'fine'", "fine"),
        ("Object.freeze(data).x = 1; return data.x === undefined", True),
        ("return 010 + 1", 9),
        ("with ({ a: 1 }) { return a }", 1),
        ("return delete data", False),
        ("return (function (a) { a = 2; return arguments[0] })(1)", 2),
        ("if (true) { function inner() { return 1 } } return inner()", 1),
        ("return typeof never", "undefined"),
    ],
)
def test_a_sloppy_habit_works(runner: ScriptRunner, body: str, value: Any) -> None:
    if body.startswith(("return 010", "with", "return delete")):
        source = f"function Script() {{}} Script.prototype.run = function (data) {{ {body} }}"
        assert run_source(runner, source, {}).value == value
    else:
        assert value_of(runner, body, {}) == value


def test_an_implicit_global_lives_on(runner: ScriptRunner) -> None:
    script = make_script(
        method("count = typeof count === 'undefined' ? 1 : count + 1; return count")
    )

    assert [runner.call(script, "run", None).value for _ in range(3)] == [1, 2, 3]


def test_skip_transpile_turns_it_off(runner: ScriptRunner) -> None:
    script = make_script(method("msg = 1; return msg"), skip_transpile=True)

    fault = runner.call(script, "run", None).fault

    assert fault is not None
    assert fault.message == "msg is not defined"


def test_a_leading_use_strict_changes_nothing(runner: ScriptRunner) -> None:
    run = run_source(runner, f"'use strict'\n{method('msg = 1; return msg')}")

    assert run.fault is None
    assert run.value == 1


def test_use_strict_counts_where_nothing_is_transpiled(runner: ScriptRunner) -> None:
    source = "'use strict'; function Script() { this.run = function () { msg = 1 } }"

    fault = runner.call(make_script(source, skip_transpile=True), "run", None).fault

    assert fault is not None
    assert fault.name == "ReferenceError"


CLASSES = """
/* a; b */ class Base { // one; two
  x = 1; 'odd-name' = () => this.x;
  ; static made = 'yes';
  constructor(a, { b } = {}) { this.a = a; fromConstructor = b; }
  get double() { return this.a * 2 } set double(value) { this.a = value / 2 }
  static of(...all) { return new this(...all) }
  async later() { return 'later' }
  *many() { yield 1; yield 2 }
  ['comp' + 'uted']() { return 'c' }
  say() { return 'base' + free() }
}
function free() { return '!' }
class Child extends Base {
  constructor(a) {
    super(a, { b: 9 }); const set = () => { this.own = 2 }; set();
    if (a === 0) return;
    this.end = 3 }
  say() { return super.say() + this.own }
  static of(a) { return super.of(a) }
}
class Plain extends Child {}
class Failure extends Error { constructor(text) { super(text); this.name = 'Failure' } }
class Private {
  #secret = 1; reveal() { alsoGlobal = 2; return this.#secret + alsoGlobal }
  static { this.block = 1 } }
const Named = class Inner { static own = Inner.name; who() { return Inner.name } };
class Numbers { static one = 1; static two = Numbers.one + 1 }
const Unnamed = class {};
class Empty extends Base { constructor() {} }
const list = [class { run() { return 1 } }];
"""


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("Object.keys(new Base(4))", ["x", "odd-name", "a"]),
        ("new Base(4)['odd-name']()", 1),
        ("Base.made", "yes"),
        ("(b => (b.double = 10, [b.a, b.double]))(new Base(4))", [5, 10]),
        ("Base.of(3) instanceof Base", True),
        ("new Base(1).later()", "later"),
        ("[...new Base(1).many()]", [1, 2]),
        ("new Base(1).computed()", "c"),
        ("(new Child(1), fromConstructor)", 9),
        ("new Child(1)", {"x": 1, "a": 1, "own": 2, "end": 3}),
        ("Object.keys(new Child(0))", ["x", "odd-name", "a", "own"]),
        ("new Child(1).say()", "base!2"),
        ("Child.of(1) instanceof Child && new Plain(1) instanceof Child", True),
        ("new Plain(1).say()", "base!2"),
        ("String(new Failure('no'))", "Failure: no"),
        ("new Failure('no') instanceof Failure && new Failure('no') instanceof Error", True),
        ("new Private().reveal() + Private.block", 4),
        ("new Named().who()", "Inner"),
        ("new list[0]().run()", 1),
        ("[Numbers.two, Named.own, Unnamed.name]", [2, "Inner", "Unnamed"]),
        ("(() => { try { new Empty() } catch (e) { return e.name } })()", "ReferenceError"),
        ("Base.name + Child.name + typeof Base", "BaseChildfunction"),
        ("Object.keys(Base.prototype)", []),
        ("(() => { try { Base() } catch (e) { return e.message } })()",
         "Cannot call a class as a function"),
        ("new Base(1).constructor === Base", True),
        ("(() => { try { class A extends undefined {} } catch (e) { return e.message } })()",
         "Super expression must either be null or a function"),
    ],
)  # fmt: skip
def test_classes_stay_classes(runner: ScriptRunner, expression: str, value: Any) -> None:
    body = f"const r = {expression}; if (r instanceof Base) delete r['odd-name']; return r"
    run = run_source(runner, CLASSES + method(body))

    assert run.fault is None
    assert run.value == value


def test_places_of_errors_are_those_of_the_source(runner: ScriptRunner) -> None:
    fault = run_source(runner, "class Script { x = 1; run() { nothing() } }").fault

    assert fault is not None
    assert (fault.line, fault.column) == (1, 31)


@pytest.mark.parametrize(
    "source",
    [
        "module.exports = class { run() { return 1 } }",
        "module.exports = { Script: class { run() { return 1 } } }",
        "exports.Script = class { run() { return 1 } }",
        "export class Script { run() { return 1 } }",
        "export default class Script { run() { return 1 } }",
        "export default class { run() { return 1 } }",
        "class Script { run() { return 1 } }\nexport { Script };",
        "class Bot { run() { return 1 } }\nexport { Bot as Script }; // at the end",
        "export { Bot as default };\nclass Bot { run() { return 1 } }",
        "module.exports = { run() { return 1 } }",
        "class Bot { run() { return 1 } }\nmodule.exports = new Bot();",
        "class Script { run() { return 1 } }\nmodule.exports = { Script };",
        "class Bot { run() { return 1 } }\nif (typeof exports !== 1) { exports.Script = Bot; }",
        "class Bot { run() { return 1 } }\nmodule.exports = exports.default = Bot;",
        "exports.default = class { run() { return 1 } }",
        "export default { run: () => 1 }",
        "export const Script = class { run() { return 1 } }",
        "var Script = { run() { return 1 } };",
        "class Script { run() { return 1 } }\nmodule.exports = Script;",
        "var Script = class { run() { return 1 } }",
        "let Script = class Other { run() { return 1 } };",
        "const Script = function () { this.run = () => 1 }",
        "function Script() {} Script.prototype.run = function () { return 1 };",
        "Script = class { run() { return 1 } }",
        "/* exported Script */ class Script { run() { return 1 } } // no line break at the end",
        "class Script { run() { return [].one() } } Array.prototype.one = function () { return 1 }",
        "#!/usr/bin/env node\nclass Script { run() { return 1 } }",
        '"use strict";var _createClass=function(){function d(t,p){for(var i=0;i<p.length;i++)'
        "{var e=p[i];"
        "e.configurable=true;if('value' in e)e.writable=true;Object.defineProperty(t,e.key,e)}}"
        "return function(C,p){if(p)d(C.prototype,p);return C}}();"
        "var Script=function(){function Script(){}_createClass(Script,[{key:'run',value:"
        "function run(){return 1}}]);return Script}();",
    ],
)  # fmt: skip
def test_every_way_to_write_the_class_is_accepted(runner: ScriptRunner, source: str) -> None:
    assert runner.check(source) is None
    run = run_source(runner, source)

    assert run.fault is None
    assert run.value == 1
