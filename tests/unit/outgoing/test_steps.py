from rc_integrations_plugin.outgoing.steps import Step, going_to_retry, is_error

# Every name in Rocket.Chat's source but the retries', in its order.
NAMES = [
    "start-execute-trigger-url",
    "mapped-args-to-data",
    "execute-script-before-running-prepare_outgoing_request",
    "execute-script-before-running-process_outgoing_response",
    "execute-script-getting-script",
    "execute-script-no-method-prepare_outgoing_request",
    "execute-script-no-method-process_outgoing_response",
    "execute-script-error-running-prepare_outgoing_request",
    "execute-script-error-running-process_outgoing_response",
    "after-maybe-ran-prepare",
    "after-prepare-no-opts",
    "after-prepare-send-message",
    "after-prepare-send-message-failed",
    "after-prepare-no-url_or_method",
    "pre-http-call",
    "after-http-call",
    "after-process-send-message",
    "after-process-send-message-failed",
    "after-process-false-result",
    "after-process-http-status-410",
    "after-process-http-status-500",
    "too-many-retries",
    "failed-and-retry-delay-is-invalid",
    "failed-and-not-configured-to-retry",
    "url-response-sent-message",
    "after-http-call-send-message-failed",
]

OURS = {
    Step.POSTED_BEFORE,
    Step.INTEGRATION_REMOVED,
    Step.INTEGRATION_OFF,
    Step.URL_REMOVED,
    Step.ROOM_REMOVED,
    Step.USER_GONE,
    Step.CHAIN_TOO_LONG,
    Step.OUR_FAULT,
}


def test_steps_have_rocket_chat_s_names() -> None:
    assert [step for step in Step if step not in OURS] == NAMES


def test_retries_are_counted_from_one() -> None:
    assert going_to_retry(1) == "going-to-retry-1"


def test_errors_are_marked() -> None:
    assert {step for step in Step if is_error(step)} == {
        Step.GETTING_SCRIPT,
        Step.PREPARE_FAILED,
        Step.PROCESS_FAILED,
        Step.GONE,
        Step.SERVER_ERROR,
        Step.TOO_MANY_RETRIES,
        Step.RETRY_DELAY_INVALID,
        Step.NO_RETRIES,
        Step.USER_GONE,
        Step.CHAIN_TOO_LONG,
        Step.OUR_FAULT,
    }
    assert is_error(going_to_retry(3))
