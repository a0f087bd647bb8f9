class Script {
  prepare_outgoing_request({ request }) {
    const numbers = [':zero:', ':one:', ':two:', ':three:', ':four:'];
    let match = request.data.text.match(/((["'])(?:(?=(\\?))\3.)*?\2)/g);
    let title = '', options = [];
    match.forEach((item, i) => {
      item = item.replace(/(^['"]|['"]$)/g, '').replace(/\\(.)/g, '$1');
      if (i === 0) title = item;
      else options.push(numbers[i] + ' ' + item);
    });
    return { message: { text: '_' + request.data.user_name + ' asks:_ *' + title + '*\n' + options.join('\n') } };
  }
}
