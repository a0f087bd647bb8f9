// Groups by severity and host; a class for each line, inheritance, getters, Map and generators.
class Line {
  constructor(alert) { this.alert = alert; }
  get severity() { return (this.alert.labels.severity || 'none').toUpperCase(); }
  get icon() { return ':grey_question:'; }
  *words() {
    yield this.icon;
    yield `*${this.alert.labels.alertname}*`;
    for (const [key, value] of Object.entries(this.alert.labels)) {
      if (key !== 'alertname' && key !== 'severity') yield `${key}=\`${value}\``;
    }
  }
  toString() { return [...this.words()].join(' '); }
}

class FiringLine extends Line {
  get icon() { return ':rotating_light:'; }
  *words() {
    yield* super.words();
    yield '— ' + this.alert.annotations.description;
  }
}

class Script {
  static lineFor(alert) { return alert.status === 'firing' ? new FiringLine(alert) : new Line(alert); }

  process_incoming_request({ request }) {
    const groups = new Map();
    for (const line of request.content.alerts.map(Script.lineFor)) {
      groups.set(line.severity, [...(groups.get(line.severity) || []), line]);
    }
    const text = Array.from(groups, ([severity, lines]) => `${severity} (${lines.length})\n${lines.join('\n')}`).join('\n\n');
    return { content: { text } };
  }
}
