/** What the page around the console may say: each message is read field by field, with limits. */

const LONGEST_TEXT = 10_000;
const LONGEST_NAME = 200;
const LONGEST_VALUE = 1_000;
const MOST_MESSAGES = 100;
const MOST_SLOTS = 100;
const MOST_CUSTOMER = 50;
const CHANNELS = ["chat", "phone", "email", "app"];
const ROLES = ["customer", "agent", "assistant", "system"];
const UNPRINTABLE = /[\u0000-\u001f\u007f]/;

/** A message that is not as it must be: `field` is where, `reason` a short word for what is wrong. */
export class Unreadable extends Error {
  constructor(field, reason) {
    super(`${field}: ${reason}`);
    Object.assign(this, { field, reason });
  }
}

const refuse = (field, reason) => { throw new Unreadable(field, reason); };

function record(value, field, known) {
  if (value === undefined || value === null) refuse(field, "missing");
  if (typeof value !== "object" || Array.isArray(value)) refuse(field, "not an object");
  for (const name of Object.keys(value)) if (!known.includes(name)) refuse(field ? `${field}.${name}` : name, "unknown");
  return value;
}

function words(value, field, longest) {
  if (value === undefined || value === null) refuse(field, "missing");
  if (typeof value !== "string") refuse(field, "not a text");
  if (!value.length) refuse(field, "empty");
  if (value.length > longest) refuse(field, `longer than ${longest} characters`);
  return value;
}

function name(value, field) {
  if (UNPRINTABLE.test(words(value, field, LONGEST_NAME))) refuse(field, "control characters");
  return value;
}

function one(value, field, of) {
  if (!of.includes(value)) refuse(field, value === undefined ? "missing" : `not one of ${of.join(", ")}`);
  return value;
}

function values(given, field, most) {
  if (given === undefined) return {};
  if (given === null || typeof given !== "object" || Array.isArray(given)) refuse(field, "not an object");
  const entries = Object.entries(given);
  if (entries.length > most) refuse(field, `more than ${most}`);
  return Object.fromEntries(entries.map(([key, value]) => {
    name(key, field);
    if (typeof value !== "string") refuse(`${field}.${key}`, "not a text");
    if (value.length > LONGEST_VALUE) refuse(`${field}.${key}`, `longer than ${LONGEST_VALUE} characters`);
    return [key, value];
  }));
}

function said(given, field) {
  const { role, text, external_id: id } = record(given, field, ["role", "text", "external_id"]);
  return {
    role: one(role, `${field}.role`, ROLES),
    text: words(text, `${field}.text`, LONGEST_TEXT),
    ...(id === undefined ? {} : { external_id: name(id, `${field}.external_id`) }),
  };
}

function contact(message) {
  const { contact: given } = record(message, "", ["type", "contact"]);
  const found = record(given, "contact", ["external_id", "channel", "customer", "slots", "messages"]);
  const messages = found.messages ?? [];
  if (!Array.isArray(messages)) refuse("contact.messages", "not a list");
  if (messages.length > MOST_MESSAGES) refuse("contact.messages", `more than ${MOST_MESSAGES}`);
  return {
    external_id: name(found.external_id, "contact.external_id"),
    channel: one(found.channel ?? "chat", "contact.channel", CHANNELS),
    customer: values(found.customer, "contact.customer", MOST_CUSTOMER),
    slots: values(found.slots, "contact.slots", MOST_SLOTS),
    messages: messages.map((one, at) => said(one, `contact.messages.${at}`)),
  };
}

function message(given) {
  const { external_id: id, role, text, message_id: own } = record(given, "", ["type", "external_id", "role", "text", "message_id"]);
  return {
    external_id: name(id, "external_id"),
    role: one(role, "role", ROLES),
    text: words(text, "text", LONGEST_TEXT),
    ...(own === undefined ? {} : { message_id: name(own, "message_id") }),
  };
}

function close(given) {
  return { external_id: name(record(given, "", ["type", "external_id"]).external_id, "external_id") };
}

const SHAPES = { "zhike:contact": contact, "zhike:message": message, "zhike:close": close };

/** The parts of a message of the page around, checked; throws Unreadable. */
export function read(given) {
  if (!Object.hasOwn(SHAPES, given.type)) refuse("type", "unknown");
  return SHAPES[given.type](given);
}
