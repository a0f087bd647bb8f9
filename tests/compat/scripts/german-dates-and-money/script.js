class Script {
  process_incoming_request({ request }) {
    const { kunde, betrag, am } = request.content;
    const d = new Date(am);
    return { content: { text: [
      kunde,
      betrag.toLocaleString('de-DE', { style: 'currency', currency: 'EUR' }),
      new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 }).format(betrag),
      d.toLocaleDateString('de-DE'),
      d.toLocaleString('de-DE', { timeZone: 'Europe/Berlin' }),
      d.toLocaleTimeString('en-US', { hour: '2-digit', minute: '2-digit', timeZone: 'America/New_York' }),
      d.toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
      ['Zürich', 'Aachen', 'Österreich', 'zagreb'].sort((a, b) => a.localeCompare(b)).join(' < ')
    ].join(' | ') } };
  }
}
