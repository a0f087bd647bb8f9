"""What a check is, and how it says what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import NoReturn

from rc_integrations_plugin.testing.stage import Stage
from rc_integrations_plugin.testing.world import Unsupported, World


class Fault(Exception):
    """What a check found wrong, in words for the author of the host."""


class NotConformant(AssertionError):
    """A check failed: what was found, what the plugin needs, and where it is written down."""


@dataclass(frozen=True)
class Check:
    """One promise of the port."""

    member: str
    """What is checked: `Host.find_user`, `Message.sent_at`, `signal room-joined`."""
    title: str
    needed: str
    """What the plugin needs, and why."""
    look: Callable[[Stage], None]

    @property
    def anchor(self) -> str:
        """The heading in docs/host.md."""
        owner, _, name = self.member.replace("signal ", "Host.").partition(".")
        return name if owner == "Host" else owner.lower()

    def run(self, world: World) -> None:
        """Check one world.

        Raises:
            NotConformant: the host breaks this promise.
            Unsupported: the server does not have what is checked.
        """
        __tracebackhide__ = True
        try:
            with world.app_context():
                self.look(Stage(world))
        except Unsupported:
            raise
        except Fault as fault:
            raise NotConformant(self._report(str(fault))) from fault.__cause__
        except NotImplementedError as error:
            raise NotConformant(self._report(_UNWRITTEN)) from error
        except Exception as error:
            found = f"{type(error).__name__} was raised: {error} (its traceback is above)"
            raise NotConformant(self._report(found)) from error

    def _report(self, found: str) -> str:
        return (
            f"{self.member}: {self.title}\n\n"
            f"  Found:  {found}\n"
            f"  Needed: {self.needed}\n"
            f"  See docs/host.md#{self.anchor}"
        )


_UNWRITTEN = (
    "the world has no way to try this. Write the method of World that the traceback above shows, "
    "or name the feature in World.unsupported with the reason"
)


def check(member: str) -> Callable[[Callable[[Stage], None]], Check]:
    """Make a function a check of this member; its docstring tells what the plugin needs."""

    def make(look: Callable[[Stage], None]) -> Check:
        needed = " ".join((look.__doc__ or "").split())
        return Check(member, look.__name__.replace("_", " "), needed, look)

    return make


def expect(condition: object, found: str) -> None:
    """Go on if the condition holds, else end the check with what was found."""
    if not condition:
        raise Fault(found)


def expect_text(value: object, what: str) -> None:
    """Go on if this is a text that is not empty."""
    if not isinstance(value, str) or not value:
        raise Fault(f"{what} is {value!r}, not a text")


def fail(found: str) -> NoReturn:
    """End the check with what was found."""
    raise Fault(found)


def checks_in(module: ModuleType) -> tuple[Check, ...]:
    """Return a module's checks in the order they are written."""
    return tuple(value for value in vars(module).values() if isinstance(value, Check))
