// Says that scripts run, before anything is drawn that depends on it. No inline script is needed.
document.body.classList.add('js-enabled', 'govuk-frontend-supported')
