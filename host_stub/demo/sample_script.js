/* A script of an incoming integration: it decides what a call of the hook posts.
   The server makes one Script and keeps it, so `this.calls` counts for as long as it lives. */
class Script {
  constructor() {
    this.calls = 0;
  }

  /* request has: url (pathname, search, query, hash ...), url_raw, url_params, headers,
     user (_id, name, username), content (the parsed body) and content_raw (the text of it). */
  process_incoming_request({ request }) {
    this.calls += 1;
    // shown with the call in the integration's history
    console.log('call', this.calls, request.content);

    // To refuse, return { error: { ... } }: the caller gets it with status 400.
    // To post nothing, return nothing.
    return {
      content: {
        text: request.content.text,
        // attachments: [{ color: '#1d74f5', title: 'More', text: 'Any attachment works here' }],
      },
    };
  }
}
