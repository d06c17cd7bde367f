//! How this tab does, in numbers, for anyone who opens it. The server alone makes it, and `public/diagnostics.js`, which a
//! browser loads once it is opened, fills it.

use leptos::prelude::*;

#[component]
pub fn Diagnostics() -> impl IntoView {
    view! {
        <details class="diagnostics" id="diagnostics">
            <summary data-key="g i">"Diagnostics"</summary>
            <section class="diagnostics__panel" tabindex="-1" aria-labelledby="diagnostics-title">
                <div class="diagnostics__head">
                    <h2 id="diagnostics-title">"Diagnostics of this tab"</h2>
                    <button class="button" type="button" data-do="copy">
                        "Copy as text"
                    </button>
                    <button class="button" type="button" data-do="close">
                        "Close"
                    </button>
                </div>
                <p class="visually-hidden" role="status"></p>
                // Read when somebody goes there; a number a second would be said without end.
                <table aria-live="off">
                    <tbody>
                        <tr>
                            <td>"Nothing is measured before this page\u{2019}s scripts run."</td>
                        </tr>
                    </tbody>
                </table>
            </section>
        </details>
    }
}
