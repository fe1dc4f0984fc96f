import { Component, type ReactNode } from "react";

/** A fault of the page itself: it says so, shows the stack, and keeps the rest of the browser out of it. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <main role="alert" style={{ padding: 32, maxWidth: 720 }}>
        <h1>The page has a fault</h1>
        <p>
          Something that should not happen did: {error.message}. Reload the page to continue, and please
          report this:
        </p>
        <pre style={{ whiteSpace: "pre-wrap" }}>{error.stack}</pre>
      </main>
    );
  }
}
