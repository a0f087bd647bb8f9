const secs = (a, b) => Math.round((Date.parse(b) - Date.parse(a)) / 1000);
const template = (strings, ...values) => strings.reduce((acc, str, i) => acc + str + (values[i] === undefined ? '' : `*${values[i]}*`), '');
class Script {
  async process_incoming_request({ request }) {
    const { workflow: w, pipeline: p } = await Promise.resolve(request.content);
    const results = await Promise.all([1, 2, 3].map(async (x) => { await null; return x * 2; }));
    const settled = await Promise.allSettled([Promise.reject(new Error('no')), 1]);
    let caught; try { await Promise.reject(new TypeError('bad')); } catch (e) { caught = `${e}`; } finally { caught += '!'; }
    const race = await Promise.race([new Promise(r => setTimeout(r, 5, 'slow')), 'fast']);
    const any = await Promise.any([Promise.reject(1), Promise.resolve(2)]);
    let agg; try { await Promise.any([Promise.reject(1)]); } catch (e) { agg = e.name + ': ' + e.message + e.errors; }
    async function* gen() { yield 1; yield 2; }
    let sum = 0; for await (const x of gen()) sum += x;
    return { content: { text: template`Workflow ${w.name} of ${p.number} on ${p.vcs.branch} took ${secs(w.created_at, w.stopped_at)}s ${undefined}`, results, settled: settled.map(x => x.status + (x.reason ? x.reason.message : x.value)), caught, race, any, agg, sum } };
  }
}
