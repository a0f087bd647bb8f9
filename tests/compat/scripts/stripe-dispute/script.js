class Script {
  verify(header, raw) {
    const parts = {};
    header.split(',').forEach((part) => { const [key, value] = part.split('='); parts[key] = value; });
    return parts.v1 === require('crypto').createHmac('sha256', 'whsec_test').update(parts.t + '.' + raw).digest('hex');
  }

  process_incoming_request({ request }) {
    if (!this.verify(request.headers['stripe-signature'], request.content_raw)) {
      return { error: 'signature does not match' };
    }
    const { type, data: { object } } = request.content;
    const zeroDecimal = ['jpy', 'krw', 'vnd'];
    const amount = zeroDecimal.includes(object.currency) ? object.amount : object.amount / 100;
    return {
      content: {
        text: `${type.split('.').map(s.capitalize).join(' ')}: ${s.numberFormat(amount, zeroDecimal.includes(object.currency) ? 0 : 2)} ${object.currency.toUpperCase()} (${object.reason})`,
        attachments: [{ title: object.charge, title_link: `https://dashboard.stripe.com/${request.content.livemode ? '' : 'test/'}payments/${object.charge}`, ts: new Date(object.created * 1000) }]
      },
      response: { received: true, id: request.content.id }
    };
  }
}
