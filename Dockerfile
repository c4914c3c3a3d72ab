# One image for both programs of a cluster:
#   docker build --build-arg GRAIN_RUNTIME=Orleans -t imorleans .
#   silo     (the default)                     dotnet ImOrleans.Silo.dll
#   gateway  (arguments of the container)      dotnet ImOrleans.Gateway.dll
# Without the build argument it is the Local flavour, a single node: docker run -p 8080:8080 -v imorleans:/data …

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG GRAIN_RUNTIME=Local
WORKDIR /source
COPY . .
# What is published of the silo holds the gateway program too, since the silo has one inside.
RUN dotnet publish src/Silo -c Release -p:GrainRuntime=$GRAIN_RUNTIME -o /out/app \
    && test -f /out/app/ImOrleans.Gateway.runtimeconfig.json \
    && mkdir /out/data

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /out/app .
# The user of the base image, by number, so that Kubernetes can tell that it is not root.
COPY --from=build --chown=1654:1654 /out/data /data
ENV ASPNETCORE_HTTP_PORTS=8080 \
    Storage__DataDirectory=/data
USER 1654:1654
EXPOSE 8080 11111 30000
# Without a shell: dotnet is the first process, and hears SIGTERM.
ENTRYPOINT ["dotnet"]
CMD ["ImOrleans.Silo.dll"]
