class Script {
  process_outgoing_response({ request, response }) {
    if (!response.content || response.status_code == 204) return false;
    return { content: { text: 'done' } };
  }
}
