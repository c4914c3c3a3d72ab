using YamlDotNet.RepresentationModel;

namespace ImOrleans.Deploy.Tests.Manifests;

/// <summary>What <c>kubectl kustomize</c> makes of a folder below <c>deploy/k8s</c>.</summary>
public sealed class RenderedManifests : IAsyncLifetime
{
    internal IReadOnlyList<Manifest> Base { get; private set; } = [];

    internal IReadOnlyList<Manifest> Example { get; private set; } = [];

    public async Task InitializeAsync() =>
        (Base, Example) = (await RenderAsync("base"), await RenderAsync("overlays", "example"));

    public Task DisposeAsync() => Task.CompletedTask;

    private static async Task<IReadOnlyList<Manifest>> RenderAsync(params string[] folder)
    {
        var text = await Tool.RunAsync("kubectl", "kustomize", Repository.PathOf(["deploy", "k8s", .. folder]));
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return [.. yaml.Documents.Select(document => new Manifest((YamlMappingNode)document.RootNode))];
    }
}
