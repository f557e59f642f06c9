{# Brian2's own queue takes every synapse of a spike by itself, which was a third of a step: see
   spikes.h. The same synapses in the same order. #}
{# USES_VARIABLES { _n_sources, _n_targets, delay, _source_dt} #}
{% extends 'common_group.cpp' %}
{% block before_code %}
    lsm::spikes_in_flight().prepare(
        {{get_array_name(variables['delay'], access_data=False)}}, {{owner.name}}.sources,
        {{constant_or_scalar('_n_sources', variables['_n_sources'])}}, {{_source_dt}});
{% endblock %}
{% block maincode %}
    {% set _eventspace = get_array_name(eventspace_variable) %}
    lsm::spikes_in_flight().advance({{_eventspace}}, {{_eventspace}}[_num{{eventspace_variable.name}}-1]);
{% endblock %}
