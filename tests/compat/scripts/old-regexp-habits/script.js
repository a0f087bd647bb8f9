class Script {
  process_incoming_request({ request }) {
    if (/\[(\w+)\] Disk (\S+) at (\d+)% on ([\w.-]+)/.test(request.content.subject)) {
      env = RegExp.$1; disk = RegExp.$2; percent = parseInt(RegExp.$3, 10); host = RegExp.$4;
    }
    var levels = [{ at: 95, word: 'critical' }, { at: 80, word: 'warning' }, { at: 90, word: 'serious' }].sort(function (a, b) { return a.at > b.at ? -1 : 0 });
    var level = _.find(levels, function (l) { return percent >= l.at });
    return { content: { text: [env, host.split('.')[0], disk, percent + ' %', level.word].join(', '), levels: _.pluck(levels, 'at') } };
  }
}
