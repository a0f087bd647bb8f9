class Script {
  process_incoming_request({ request }) {
    const [scheme, value] = (request.headers.authorization || '').split(' ');
    const [user, password] = Buffer.from(value || '', 'base64').toString('utf8').split(':');
    if (scheme !== 'Basic' || btoa(`${user}:${password}`) !== value || password !== 's3cret') {
      return { error: { success: false, message: 'who are you?' } };
    }
    return { content: { username: user, text: request.content.text } };
  }
}
