class Script {
  process_incoming_request({ request }) {
    var rows = request.content.raw.trim().split(/\r?\n/).map(function (row) { return row.split(';') });
    var head = rows.shift(), text = '|' + head.join('|') + '|\n|' + head.map(function () { return '---' }).join('|') + '|';
    rows.sort(function (a, b) { return parseFloat(b[1].replace(',', '.')) > parseFloat(a[1].replace(',', '.')) ? 1 : -1 });
    for (var r = 0, row; row = rows[r++];) {
      text += '\n|' + row.join('|') + '|';
    }
    return { content: { text: text, rows: r - 1 } };
  }
}
