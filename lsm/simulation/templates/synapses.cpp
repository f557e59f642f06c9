{# What a spike does when it arrives, for all its synapses: see synapses_push_spikes.cpp. #}
{% extends 'common_synapses.cpp' %}
{% block maincode %}
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}

    for(const auto &_row : lsm::spikes_in_flight().arriving())
        for(int32_t _idx=_row.first; _idx<_row.last; _idx++)
        {
            const size_t _vectorisation_idx = _idx;
            {{vector_code|autoindent}}
        }
{% endblock %}
