class Script {
  process_incoming_request({ request }) {
    const event = request.content?.data?.event ?? request.content.event;
    const frames = event.exception?.values?.[0]?.stacktrace?.frames ?? [];
    const last = frames.filter((frame) => frame.in_app).pop();
    const tags = Object.fromEntries(event.tags ?? []);
    const seen = new Date(event.datetime ?? event.timestamp * 1000);

    return {
      content: {
        username: 'Sentry',
        attachments: [{
          color: { fatal: '#7f1d1d', error: '#e03e2f', warning: '#f1c40f' }[event.level] || '#aaa',
          title: event.title ?? `${event.metadata.type}: ${event.metadata.value}`,
          title_link: event.web_url,
          text: last ? '```\n' + [...(last.pre_context || []).slice(-2), last.context_line].join('\n') + '\n```' : event.culprit,
          fields: [
            { title: 'Where', value: `${last?.filename ?? event.location}:${last?.lineno ?? '?'}`, short: true },
            { title: 'When', value: seen.toISOString().replace('T', ' ').replace(/\.\d+Z$/, ' UTC'), short: true },
            ...Object.entries(tags).filter(([k]) => !/^(level|sentry:)/.test(k)).slice(0, 2).map(([title, value]) => ({ title, value, short: true }))
          ]
        }]
      }
    };
  }
}
