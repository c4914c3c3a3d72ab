using System.Globalization;
using ImOrleans.Bench.Results;

namespace ImOrleans.Bench.Scenarios;

/// <summary>The turns of one variant of a publishing load.</summary>
internal sealed class Turns(PublishLoad load, int window, int batch, TimeSpan time)
{
    private readonly List<Section> _sections = [];

    /// <summary>What the generator itself costs, since it has to cost less than the server.</summary>
    public string GeneratorNote
    {
        get
        {
            var client = Statistics.Median(_sections.Select(section => section.ClientPerDelivery));
            var server = Statistics.Median(_sections.Select(section => section.ServerPerDelivery));
            var figure = client.ToString("0.00", CultureInfo.InvariantCulture);
            return $"generator {figure} µs" + (client < server ? "" : ", **dearer than the server**");
        }
    }

    /// <summary>Has a turn; one to warm up is not kept.</summary>
    public void Run(bool isKept)
    {
        var section = load.Run(window, batch, time);
        if (isKept)
            _sections.Add(section);
    }

    /// <summary>The server's microseconds a delivery.</summary>
    public Series Server(string name) => Of(name, section => section.ServerPerDelivery);

    /// <summary>A figure of each turn.</summary>
    public Series Of(string name, Func<Section, double> figure) => new(name, [.. _sections.Select(figure)]);
}
