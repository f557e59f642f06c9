{# What a spike does when it arrives, for all its synapses: see synapses_push_spikes.cpp. #}
{% extends 'common_synapses.cpp' %}
{% block maincode %}
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}

    auto &_spikes = lsm::spikes_in_flight();
    while(const int32_t _number = _spikes.land())
    {
        const int32_t *const _synapses = _spikes.landed();
        for(int32_t _k=0; _k<_number; _k++)
        {
            const size_t _idx = _synapses[_k];
            const size_t _vectorisation_idx = _idx;
            {{vector_code|autoindent}}
        }
    }
{% endblock %}
