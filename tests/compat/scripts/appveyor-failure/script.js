Date.prototype.short = function () {
  return this.getUTCFullYear() + '/' + s.lpad(this.getUTCMonth() + 1, 2, '0') + '/' + s.lpad(this.getUTCDate(), 2, '0');
};
String.prototype.title = function () {
  return this.replace(/\w\S*/g, function (txt) { return txt.charAt(0).toUpperCase() + txt.substr(1).toLowerCase(); });
};
Array.prototype.unique = function () {
  return this.filter(function (item, index, all) { return all.indexOf(item) === index; });
};

class Script {
  process_incoming_request({ request }) {
    let e = request.content.eventData;
    let started = new Date(e.started), finished = new Date(e.finished);
    let names = [e.commitAuthor, 'CI', e.commitAuthor].unique();
    return { content: { text: `${e.projectName} ${e.buildVersion} ${e.status}`.title() + ` on ${started.short()}, ${(finished - started) / 1000} s (${names.join(' & ')})` } };
  }
}
