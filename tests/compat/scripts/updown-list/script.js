class Script {
  process_incoming_request({ request }) {
    // the body is a list
    const events = Array.isArray(request.content) ? request.content : JSON.parse(request.content_raw);
    return {
      content: {
        attachments: events.map(({ event, check, downtime }) => {
          const kind = event.substring(event.indexOf('.') + 1);
          let text;
          if (kind === 'down') {
            text = `down since ${new Date(downtime.started_at).toUTCString()}: ${downtime.error}`;
          } else {
            const m = moment.duration(downtime.duration, 'seconds');
            text = 'up again after ' + [[m.hours(), 'h'], [m.minutes(), 'min'], [m.seconds(), 's']].filter(([n]) => n).map(p => p.join(' ')).join(' ');
          }
          return { title: check.alias || check.url.replace(/^https?:\/\//, ''), title_link: check.url, text, color: kind === 'down' ? 'red' : 'green' };
        })
      }
    };
  }
}
