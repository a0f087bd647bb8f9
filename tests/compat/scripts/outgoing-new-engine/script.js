// Written for the engine of version 7, whose response.content is text.
class Script {
  prepare_outgoing_request({ request }) {
    return { ...request, data: { messages: [{ role: 'user', content: request.data.text }] } };
  }

  async process_outgoing_response({ request, response }) {
    const answer = JSON.parse(response.content);
    const raw = JSON.parse(response.content_raw);
    return {
      content: {
        text: answer.choices[0].message.content.trim(),
        alias: raw.usage.total_tokens === answer.usage.total_tokens ? `${answer.usage.total_tokens} tokens` : 'differs'
      }
    };
  }
}
