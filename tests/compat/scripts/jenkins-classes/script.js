class Build {
  #secret = 1;
  static PHASES = ['QUEUED', 'STARTED', 'FINALIZED'];
  static from(c) { return Object.assign(new this(), c.build, { job: c.name }); }
  get phaseIndex() { return Build.PHASES.indexOf(this.phase); }
  get ok() { return /^(SUCCESS|FIXED)$/i.test(this.status); }
  set note(v) { this._note = `(${v})`; }
  get note() { return this._note; }
  toString() { return `${this.job} #${this.number}`; }
  [Symbol.toPrimitive](hint) { return hint === 'number' ? this.number : this.toString(); }
  secret() { return this.#secret++; }
}
class Script {
  process_incoming_request({ request }) {
    const b = Build.from(request.content);
    b.note = 'x';
    const dur = moment.duration(b.duration);
    return { content: { text: `${b} ${b.ok ? 'ok' : 'broke'} ${b.note} ${+b + 1} ${b.phaseIndex} ${b.secret() + b.secret()}`, dur: dur.humanize(), exact: `${dur.minutes()}:${('0' + dur.seconds()).slice(-2)}.${dur.milliseconds()}`, asMin: dur.asMinutes(), iso: dur.toISOString(), keys: Object.keys(b).join(), artifacts: Object.keys(b.artifacts || {}), json: JSON.stringify(b).length } };
  }
}
