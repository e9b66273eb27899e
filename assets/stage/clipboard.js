// Whether the text is on the clipboard now. Without HTTPS there is no navigator.clipboard; the older way copies what is
// selected on the page, and where that is forbidden too, it stays selected there.

// select: selects the same text on the page
export async function copied(text, select) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    select();
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    }
  }
}
