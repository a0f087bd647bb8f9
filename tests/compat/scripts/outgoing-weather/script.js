class Script {
  prepare_outgoing_request({ request }) {
    const { text, trigger_word } = request.data;
    const city = text.slice(trigger_word.length).trim();
    if (!city) {
      return { message: { text: `usage: ${trigger_word} <city>` } };
    }
    const url = new URL(request.url);
    url.searchParams.set('q', city);
    url.searchParams.append('units', 'metric');
    return { url: url.toString(), method: 'GET', headers: { ...request.headers, 'X-User': request.data.user_name } };
  }

  process_outgoing_response({ request, response }) {
    if (response.status_code !== 200) {
      return { content: { text: ':cloud: no weather today (' + response.status_code + ')' } };
    }
    const w = typeof response.content === 'string' ? JSON.parse(response.content) : response.content;
    return { content: { text: `${w.name}: ${Math.round(w.main.temp)} °C, ${w.weather.map(x => x.description).join(', ')}` } };
  }
}
