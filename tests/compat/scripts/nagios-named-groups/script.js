class Script {
  process_incoming_request({ request }) {
    const re = /(?<key>[A-Z]+): (?<val>[^|]+?)(?:\s\||\||$)/g; let m, out = {};
    while ((m = re.exec(request.content.text)) !== null) { const { key, val } = m.groups; out[key.toLowerCase()] = val; }
    const d = new Date(request.content.ts * 1000);
    const perf = request.content.text.split('|').pop().match(/([\w]+)=([\d.]+)/);
    const named = 'a:1,b:2'.replace(/(?<k>\w):(?<v>\d)/g, '$<v>=$<k>'); const fn = 'x-y'.replace(/(?<a>x)-(?<b>y)/, (...args) => { const g = args[args.length - 1]; return g.b + g.a; });
    return { content: { text: `${out.host} is ${out.state}: ${out.output}`, perf: perf && perf.slice(1), when: d.getFullYear() + '-' + ('0' + (d.getMonth() + 1)).slice(-2) + '-' + ('0' + d.getDate()).slice(-2) + ' ' + d.toTimeString().split(' ')[0], off: d.getTimezoneOffset(), named, fn, sticky: (function () { var r = /o/y; r.lastIndex = 1; return r.test('fo'); })(), un: 'añb'.replace(/[^\x00-\x7F]/g, c => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0')), bs: 'a\\b'.split('\\').join('/'), look: '1234567.5'.replace(/\B(?=(\d{3})+(?!\d)\.?)/g, ',') } };
  }
}
