/** Which files were chosen or dropped, folders walked through, and how they go together to the service. */

/** Endings that can be imported, and those that are sent together as one folder. */
const TAKEN = ["xlsx", "csv", "tsv", "docx", "html", "htm", "md", "markdown", "zip"];
const TOGETHER = ["md", "markdown", "html", "htm"];
const MIB = 1024 * 1024;

const ending = (name) => name.toLowerCase().split(".").pop();
const pathOf = (file) => file.pathInFolder || file.webkitRelativePath || file.name;

/** Files of a drop: folders in it are walked through, each file told its path. */
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  const found = [];
  for (const entry of entries) await walk(entry, "", found);
  return found;
}

async function walk(entry, folder, found) {
  const path = folder + entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => { entry.file(resolve, reject); });
    file.pathInFolder = path;
    found.push(file);
    return;
  }
  const reader = entry.createReader();
  for (;;) { // a reader gives a hundred at a time, and nothing at its end
    const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (!some.length) return;
    for (const inner of some) await walk(inner, `${path}/`, found);
  }
}

const hidden = (path) => path.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");

/**
 * The uploads that files make: `{name, files: [[file, path]], size}`; Markdown and HTML go as one.
 * `left` counts files of a folder that are of no kind we take, `wrong` are [key, params] of messages.
 */
export function grouped(files, { mostMib, mostTogether }) {
  const uploads = [];
  const together = [];
  const wrong = [];
  let left = 0;
  for (const file of files) {
    const path = pathOf(file);
    const kind = ending(path);
    if (hidden(path)) continue;
    if (!TAKEN.includes(kind) && path.includes("/")) left += 1;
    else if (!file.size) wrong.push(["importer.wrong_empty", { name: file.name }]);
    else if (file.size > mostMib * MIB) wrong.push(["importer.wrong_size", { name: file.name, mib: mostMib }]);
    else if (TOGETHER.includes(kind)) together.push([file, path]);
    else uploads.push({ name: file.name, files: [[file, file.name]], size: file.size });
  }
  if (together.length > mostTogether) wrong.push(["importer.wrong_many", { count: mostTogether }]);
  else if (together.length) uploads.unshift(joined(together));
  if (uploads[0]?.size > mostMib * MIB) wrong.push(["importer.wrong_size", { name: uploads.shift().name, mib: mostMib }]);
  return { uploads, left, wrong };
}

function joined(files) {
  const size = files.reduce((sum, [file]) => sum + file.size, 0);
  const top = files[0][1].split("/")[0];
  const folder = files.every(([, path]) => path.startsWith(`${top}/`));
  return { name: folder ? `${top}/` : files[0][0].name, files, size };
}

/** A size as people read it. */
export function sizeText(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < MIB ? `${Math.round(bytes / 1024)} KB` : `${(bytes / MIB).toFixed(1)} MB`;
}
