/** What tests may do with the page from outside. */
export interface HostControl {
  /** Path as `locationService` takes it, without Grafana's sub path. */
  navigate(path: string): void;
  setTheme(mode: 'dark' | 'light'): void;
}

declare global {
  interface Window {
    hostControl: HostControl;
  }
}
