const crypto = require('crypto');
const SECRET = "it's a secret to everybody";

class Script {
  process_incoming_request({ request }) {
    const given = Buffer.from(request.headers['x-hub-signature-256'] || '', 'utf8');
    const wanted = Buffer.from('sha256=' + crypto.createHmac('sha256', SECRET).update(request.content_raw, 'utf8').digest('hex'), 'utf8');
    if (given.length !== wanted.length || !crypto.timingSafeEqual(given, wanted)) {
      return { error: { success: false, message: 'bad signature' } };
    }
    return { content: { text: `Hook ${request.content.hook_id ?? request.content.hook?.id} is alive: ${request.content.zen}` } };
  }
}
