// Scripts had no crypto of the server: a checksum of the body is made bit by bit.
const bytesOf = (text) => unescape(encodeURIComponent(text)).split('').map((c) => c.charCodeAt(0));

const TABLE = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc32(text) {
  let crc = ~0;
  for (const byte of bytesOf(text)) crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return ('0000000' + ((crc ^ -1) >>> 0).toString(16)).slice(-8);
}

class Script {
  process_incoming_request({ request }) {
    const sum = crc32(request.content_raw);
    console.log('checksum', { sum, given: request.headers['x-checksum'], bytes: Uint8Array.from(bytesOf('ü€')) });
    if (sum !== request.headers['x-checksum']) return { error: { success: false, message: `checksum is ${sum}` } };
    return { content: { text: request.content.note } };
  }
}
