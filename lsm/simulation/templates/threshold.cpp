{# Brian2's thresholder branches for each neuron, which was a third of a step. Here the update has
   compared all neurons (see network.py), and those that fired are collected, 64 at a time. The
   same spikes in the same order. #}
{# USES_VARIABLES { N, fired } #}
{% extends 'common_group.cpp' %}
{% set _eventspace = get_array_name(eventspace_variable) %}
{% block maincode %}
    {{_eventspace}}[N] = lsm::collect({{get_array_name(variables['fired'])}}, N, {{_eventspace}});
{% endblock %}

{% block after_code %}
    {{get_array_name(eventspace_variable)}}[N] = 0;
{% endblock %}
