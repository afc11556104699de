/** Hands a file to the browser's downloads. */
export function download(fileName: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = fileName;
  // Grafana takes clicks on links for navigation unless they name a target.
  anchor.target = '_self';
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  // The click only starts the download: the address has to outlive it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
