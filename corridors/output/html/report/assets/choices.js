// A choice shows one of the tables of its section.
document.querySelectorAll('select[data-shows]').forEach((choice) => {
  const show = () => document.querySelectorAll(`#${choice.dataset.shows} [data-key]`).forEach((one) => {
    one.hidden = one.dataset.key !== choice.value;
  });
  choice.addEventListener('change', show);
  show();
});
