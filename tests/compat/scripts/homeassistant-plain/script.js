let counter = 0;
const history = [];
const remember = (line) => { history.push(line); return history.length; };

class Script {
  process_incoming_request(data) {
    counter++;
    const { topic, message } = data.request.content;
    const size = remember(`${counter}: ${topic}`);
    data.request.content.text = `${message.replace('degrees Celsius', '°C')} [${size}/${counter}] ${history[0]}`;
    delete data.request.content.message;
    return data.request;
  }
}
