using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using ImOrleans.Gateway.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Gateway.Tests.Auth;

/// <summary>A hub behind the scheme, reached as SignalR clients reach it.</summary>
public sealed class HubSignInTests
{
    private const string Handshake = "{\"protocol\":\"json\",\"version\":1}\u001e";
    private static readonly string Alice = Tokens.For("alice", TimeSpan.FromHours(1));

    [Fact]
    public async Task A_web_socket_without_negotiation_signs_in_by_the_query()
    {
        await using var host = await StartAsync();
        using var socket = await host.Server.CreateWebSocketClient().ConnectAsync(
            new Uri($"ws://localhost/rtm?access_token={Alice}"), CancellationToken.None);
        await socket.SendAsync(
            Encoding.UTF8.GetBytes(Handshake), WebSocketMessageType.Text, true, CancellationToken.None);
        await AssertSignedInAsync(host);
    }

    [Fact]
    public async Task A_web_socket_without_a_good_token_is_not_opened()
    {
        await using var host = await StartAsync();
        var address = new Uri($"ws://localhost/rtm?access_token={Alice[..^1]}");
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => host.Server.CreateWebSocketClient().ConnectAsync(address, CancellationToken.None));
        Assert.Contains("401", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_negotiation_without_a_token_is_refused()
    {
        await using var host = await StartAsync();
        using var response = await host.Client.PostAsync("/rtm/negotiate?negotiateVersion=1", null);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    /// <summary>With long polling the hub sees a copy of the first request, which must still know the token.</summary>
    [Fact]
    public async Task Long_polling_signs_in_by_the_header_and_keeps_the_token()
    {
        await using var host = await StartAsync();
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Alice);
        using var negotiated = await host.Client.PostAsync("/rtm/negotiate?negotiateVersion=1", null);
        using var body = JsonDocument.Parse(await negotiated.Content.ReadAsStringAsync());
        var address = $"/rtm?id={body.RootElement.GetProperty("connectionToken").GetString()}";
        using var first = await host.Client.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using var handshake = new StringContent(Handshake);
        using var sent = await host.Client.PostAsync(address, handshake);
        await AssertSignedInAsync(host);
    }

    private static Task<AuthHost> StartAsync() => AuthHost.StartAsync(
        app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapHub<SignInHub>("/rtm").RequireAuthorization();
        },
        services: services =>
        {
            services.AddSingleton<SignIns>();
            services.AddSignalR();
        });

    private static async Task AssertSignedInAsync(AuthHost host)
    {
        var signIns = host.Server.Services.GetRequiredService<SignIns>();
        var (user, token) = await signIns.First.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("alice", user);
        Assert.Equal(new VerifiedToken("alice", TestTime.Start.AddHours(1)), token);
    }

    private sealed class SignIns
    {
        public TaskCompletionSource<(string? User, VerifiedToken? Token)> First { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class SignInHub(SignIns signIns) : Hub
    {
        public override Task OnConnectedAsync()
        {
            signIns.First.TrySetResult((Context.UserIdentifier, Context.GetHttpContext()?.GetVerifiedToken()));
            return Task.CompletedTask;
        }
    }
}
