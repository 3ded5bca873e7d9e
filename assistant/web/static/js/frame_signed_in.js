/** The sign-in window when it is done: hands its code to the frame that opened it, and closes. */

const { code } = document.getElementById("signed-in").dataset;
if (window.opener) {
  // Only a page of our own may have it; whoever else opened the window gets nothing.
  window.opener.postMessage({ type: "zhike:code", code }, location.origin);
  window.close();
}
