#include "commands/report/assets.hpp"

namespace supreme::commands::report {

namespace {

// Texts reach the page as text nodes only, never as markup.
constexpr std::string_view javascript = R"js(
(function () {
  'use strict';
  document.documentElement.classList.add('js');
  var charts = JSON.parse(document.getElementById('chart-data').textContent);

  function nearest(places, wanted) {
    var low = 0, high = places.length - 1;
    while (low < high) {
      var middle = (low + high) >> 1;
      if (places[middle] < wanted) low = middle + 1; else high = middle;
    }
    return low > 0 && wanted - places[low - 1] < places[low] - wanted ? low - 1 : low;
  }

  function addText(parent, tag, text) {
    var element = document.createElement(tag);
    element.textContent = text;
    parent.appendChild(element);
  }

  function notesNear(chart, place) {
    return chart.notes.filter(function (note) { return Math.abs(note[0] - place) <= 50; });
  }

  function prepare(figure) {
    var chart = charts[figure.dataset.chart];
    var readout = figure.querySelector('.readout');
    var current = -1;

    function show(svg, index) {
      current = index;
      var left = Number(svg.dataset.left), right = Number(svg.dataset.right);
      var place = chart.at[index];
      var x = left + place / 10000 * (right - left);
      svg.querySelector('.cross').setAttribute('d', 'M' + x + ' 8V' + (svg.viewBox.baseVal.height - 24));
      readout.textContent = '';
      addText(readout, 'strong', chart.heads[index]);
      chart.labels.forEach(function (label, i) {
        addText(readout, 'span', label + ' ' + chart.values[index][i]);
      });
      var notes = notesNear(chart, place);
      notes.slice(0, 4).forEach(function (note) { addText(readout, 'span', note[1]); });
      if (notes.length > 4) addText(readout, 'span', 'and ' + (notes.length - 4) + ' more');
      readout.className = 'readout ' + (place < 5000 ? 'at-right' : 'at-left');
      readout.hidden = false;
    }

    function hide(svg) {
      svg.querySelector('.cross').setAttribute('d', '');
      readout.hidden = true;
    }

    function follow(event) {
      var svg = event.currentTarget, box = svg.getBoundingClientRect();
      var x = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
      var left = Number(svg.dataset.left), right = Number(svg.dataset.right);
      show(svg, nearest(chart.at, (x - left) / (right - left) * 10000));
    }

    function step(event) {
      var steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20 };
      if (event.key === 'Escape') hide(event.currentTarget);
      if (!(event.key in steps)) return;
      event.preventDefault();
      var next = current < 0 ? 0 : current + steps[event.key];
      show(event.currentTarget, Math.max(0, Math.min(chart.at.length - 1, next)));
    }

    if (!chart || chart.at.length === 0) return;
    figure.querySelectorAll('svg').forEach(function (svg) {
      svg.addEventListener('pointermove', follow);
      svg.addEventListener('pointerdown', follow);
      svg.addEventListener('pointerleave', function () { hide(svg); });
      svg.addEventListener('blur', function () { hide(svg); });
      svg.addEventListener('keydown', step);
    });
  }

  function choose(select) {
    function apply() {
      Array.prototype.forEach.call(select.options, function (option) {
        document.getElementById(option.value + '-chart').hidden = option.value !== select.value;
      });
    }
    select.addEventListener('change', apply);
    apply();
  }

  function page(table) {
    var rows = Array.prototype.slice.call(table.tBodies[0].rows), size = 25, first = 0;
    if (rows.length <= size) return;
    var pager = document.createElement('div'), status = document.createElement('span');
    pager.className = 'pager';
    status.setAttribute('aria-live', 'polite');
    var buttons = [['Previous', -size], ['Next', size]].map(function (each) {
      var button = document.createElement('button');
      button.type = 'button';
      button.textContent = each[0];
      button.addEventListener('click', function () { first += each[1]; apply(); });
      pager.appendChild(button);
      return button;
    });
    function apply() {
      rows.forEach(function (row, i) { row.hidden = i < first || i >= first + size; });
      buttons[0].disabled = first === 0;
      buttons[1].disabled = first + size >= rows.length;
      status.textContent = 'Rows ' + (first + 1) + '–' + Math.min(first + size, rows.length) + ' of '
        + rows.length;
    }
    pager.appendChild(status);
    table.parentNode.after(pager);
    apply();
  }

  document.querySelectorAll('figure[data-chart]').forEach(prepare);
  document.querySelectorAll('select[data-shows]').forEach(choose);
  document.querySelectorAll('table.paged').forEach(page);
})();
)js";

} // namespace

std::string_view script() noexcept { return javascript; }

} // namespace supreme::commands::report
