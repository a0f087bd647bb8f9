const EMOJI = Object.freeze({ 0: '🔴', 1: '🟢' });
class Script {
  process_incoming_request({ request }) {
    const { heartbeat: hb, monitor } = request.content;
    if (!hb) return { content: { text: 'Test' } };
    const [emoji, ...letters] = [...request.content.msg.split(' ')[1].slice(1)];
    const when = new Date(hb.time + 'Z'), local = new Date(hb.localDateTime);
    const text = `${EMOJI[hb.status]} *${monitor.name}* is ${hb.status ? 'up' : 'down'} (${hb.ping ?? '–'} ms)
      since ${when.toLocaleTimeString('de-DE', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Berlin' })} / ${local.toLocaleDateString('en-GB')} / ${when.toLocaleString('en-US', { timeZone: 'America/Los_Angeles', timeZoneName: 'short' })}`;
    return { content: { text: text.replace(/^\s+/gm, ''), emoji: `:${hb.status ? 'white_check_mark' : 'x'}:`, chars: emoji + letters.length } };
  }
}
