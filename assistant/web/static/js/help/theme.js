// Before anything is drawn: the colours this browser was switched to, and that scripts run here.
document.documentElement.dataset.script = "";
{
  const kept = /(?:^|;\s*)theme=(light|dark)(?:;|$)/.exec(document.cookie);
  if (kept) document.documentElement.dataset.theme = kept[1];
}
