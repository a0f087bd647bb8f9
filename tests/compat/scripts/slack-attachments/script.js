// Passes Slack's messages on, with their links rewritten.
class Script {
  process_incoming_request({ request }) {
    const body = request.content;
    const md = (text) => text && text.replace(/<([^|>]+)\|([^>]+)>/g, '[$2]($1)').replace(/<(https?:[^>]+)>/g, '$1').replace(/&(amp|lt|gt);/g, (all, name) => ({ amp: '&', lt: '<', gt: '>' })[name]);
    (body.attachments || []).forEach((attachment) => {
      ['text', 'pretext', 'fallback', 'title'].forEach((key) => { if (attachment[key]) attachment[key] = md(attachment[key]); });
      (attachment.fields || []).forEach((field) => { field.value = md(String(field.value)); });
      attachment.color = { good: '#35ac19', warning: '#fcb316', danger: '#d30230' }[attachment.color] || attachment.color;
    });
    return { content: body };
  }
}
