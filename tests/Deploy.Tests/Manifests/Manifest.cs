using YamlDotNet.RepresentationModel;

namespace ImOrleans.Deploy.Tests.Manifests;

/// <summary>One rendered object.</summary>
internal sealed record Manifest(YamlMappingNode Root)
{
    public string Kind => Root["kind"].ToString();

    public string Name => Root["metadata"]["name"].ToString();

    /// <summary>The pods that it makes; null when it makes none.</summary>
    public YamlNode? Pod => Kind is "Deployment" or "Job" ? Root["spec"]["template"] : null;

    public IEnumerable<YamlNode> Containers => Pod is { } pod ? Items(pod["spec"], "containers") : [];

    public override string ToString() => $"{Kind} {Name}";

    /// <summary>The entries of a list; none when there is no such list.</summary>
    public static IEnumerable<YamlNode> Items(YamlNode node, string list) =>
        Find(node, list) is YamlSequenceNode sequence ? sequence.Children : [];

    /// <summary>What lies at a path of names; null when there is nothing.</summary>
    public static YamlNode? Find(YamlNode node, params string[] path)
    {
        YamlNode? found = node;
        foreach (var name in path)
            found = found is YamlMappingNode map && map.Children.TryGetValue(name, out var next) ? next : null;
        return found;
    }

    /// <summary>Names and values.</summary>
    public static Dictionary<string, string> Pairs(YamlNode? map) =>
        map is YamlMappingNode { Children: { } children }
            ? children.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value.ToString())
            : [];
}
