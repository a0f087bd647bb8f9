// Some senders call their JSON a form: the body is then the name of its only field.
class Script {
  process_incoming_request({ request }) {
    let text = 'An alert that cannot be read.';
    try {
      const alert = JSON.parse(Object.keys(request.content || {}).join());
      text = alert?.message ?? JSON.stringify(alert);
    } catch (e) {
      console.log('not JSON:', e.message);
    }
    return { content: { text } };
  }
}
